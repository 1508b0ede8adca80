"""Defines the options of fine-tuning and their bounds, without importing torch."""

from pydantic import BaseModel, ConfigDict, Field


class Augmentation(BaseModel):
    """Strength of the random changes to training images, drawn again in each epoch; 0 turns a change off."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    flip: bool = Field(
        default=True, description="Mirror half of the images at random; turn off if left and right matter"
    )
    shift: float = Field(
        default=0.1, ge=0, le=0.5, description="Largest shift in any direction, as a share of the side"
    )
    scale: float = Field(default=0.2, ge=0, le=0.5, description="Largest change of the size, as a share of it")
    rotation_degrees: float = Field(default=10.0, ge=0, le=180, description="Largest rotation to either side")
    brightness: float = Field(
        default=0.2, ge=0, le=0.9, description="Largest change of the brightness, as a share of it"
    )
    contrast: float = Field(default=0.2, ge=0, le=0.9, description="Largest change of the contrast, as a share of it")
    saturation: float = Field(
        default=0.2, ge=0, le=0.9, description="Largest change of the saturation, as a share of it"
    )
    hue: float = Field(
        default=0.02,
        ge=0,
        le=0.5,
        description="Largest change of the hue, as a share of the colour circle; 0 if classes differ by colour",
    )


class FinetuningOptions(BaseModel):
    """Options for training the last blocks of an encoder's network."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={"example": {"blocks": 3, "epochs": 12, "augmentation": {"flip": False}}},
    )

    blocks: int = Field(default=3, ge=1, le=200, description="Number of the network's last blocks to train")
    epochs: int = Field(default=12, ge=1, le=200, description="Maximum number of passes over the images")
    patience: int = Field(
        default=4, ge=1, le=200, description="Early stopping: number of epochs without improvement before it stops"
    )
    batch_size: int = Field(default=32, ge=2, le=512, description="Images per step")
    learning_rate: float = Field(default=1e-4, gt=0, le=1, description="Peak learning rate of the blocks")
    head_learning_rate: float = Field(default=1e-3, gt=0, le=1, description="Peak learning rate of the linear head")
    weight_decay: float = Field(default=0.01, ge=0, le=1, description="Weight decay of AdamW")
    label_smoothing: float = Field(
        default=0.0, ge=0, le=0.9, description="Label smoothing, for labels that are often wrong"
    )
    augmentation: Augmentation = Field(default=Augmentation(), description="Random changes to training images")
