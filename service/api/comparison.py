"""The request body of POST /v1/projects/{project}/comparisons."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

# Stands for every kind of head, and for all labels of a class.
ALL: Literal["all"] = "all"

# The number of trials is the product of these.
MOST_HEADS, MOST_ENCODERS, MOST_SIZES, MOST_REPEATS = 50, 10, 10, 20
LARGEST_SIZE = 100_000

HeadName = Annotated[str, Field(min_length=1, max_length=200)]
EncoderName = Annotated[str, Field(min_length=1, max_length=1000)]
Size = Annotated[int, Field(ge=1, le=LARGEST_SIZE)] | Literal["all"]


class NewComparison(BaseModel):
    """The trials of a comparison. The default head is always among the heads: all others are compared to it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"heads": ["all", "softmax-regression"], "labels_per_class": [5, 20, "all"], "seed": 0}
        },
    )

    heads: list[HeadName] = Field(
        default=[ALL], max_length=MOST_HEADS, description="Names of heads; `all` stands for every kind"
    )
    encoders: list[EncoderName] = Field(
        default=[], max_length=MOST_ENCODERS, description="Names of encoders; default: the project's own"
    )
    labels_per_class: list[Size] = Field(
        default=[ALL], min_length=1, max_length=MOST_SIZES, description="Numbers of labels per class to train on"
    )
    repeats: int | None = Field(
        default=None,
        ge=1,
        le=MOST_REPEATS,
        description="Repeats of the cross-validation; default: depends on the number of images",
    )
    seed: int = Field(default=0, ge=0, lt=2**32)
