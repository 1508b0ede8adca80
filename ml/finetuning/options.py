"""Defines the options of fine-tuning and their bounds, without importing torch."""

from pydantic import BaseModel, ConfigDict, Field


class Augmentation(BaseModel):
    """How strongly training images are changed at random, each time anew; 0 leaves that property as it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    flip: bool = Field(default=True, description="Mirror every other image; not where left and right matter")
    shift: float = Field(default=0.1, ge=0, le=0.5, description="In any direction, as a share of the side")
    scale: float = Field(default=0.2, ge=0, le=0.5, description="Smaller or larger, as a share of the size")
    rotation_degrees: float = Field(default=10.0, ge=0, le=180, description="To either side")
    brightness: float = Field(default=0.2, ge=0, le=0.9, description="Darker or brighter, as a share")
    contrast: float = Field(default=0.2, ge=0, le=0.9, description="Less or more, as a share")
    saturation: float = Field(default=0.2, ge=0, le=0.9, description="Less or more, as a share")
    hue: float = Field(default=0.02, ge=0, le=0.5, description="As a share of the colour circle; 0 where colour tells")


class FinetuningOptions(BaseModel):
    """How the last blocks of an encoder's network are trained."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={"example": {"blocks": 3, "epochs": 12, "augmentation": {"flip": False}}},
    )

    blocks: int = Field(default=3, ge=1, le=200, description="How many of the network's last blocks are trained")
    epochs: int = Field(default=12, ge=1, le=200, description="How often every image is seen, unless it stops early")
    patience: int = Field(default=4, ge=1, le=200, description="Stop after so many epochs without a better one")
    batch_size: int = Field(default=32, ge=2, le=512, description="Images a step")
    learning_rate: float = Field(default=1e-4, gt=0, le=1, description="Of the blocks, at its highest")
    head_learning_rate: float = Field(default=1e-3, gt=0, le=1, description="Of the linear head, at its highest")
    weight_decay: float = Field(default=0.01, ge=0, le=1, description="Of AdamW")
    label_smoothing: float = Field(default=0.0, ge=0, le=0.9, description="For labels that are often wrong")
    augmentation: Augmentation = Field(default=Augmentation(), description="How images are changed at random")
