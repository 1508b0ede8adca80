"""Predictions as the /v1 routes send them."""

from typing import Self

from pydantic import BaseModel, ConfigDict

from service.api.problem import Problem
from service.domain.training.prediction import Prediction


class PredictionView(BaseModel):
    """The current version's prediction for one image, or the problem with the image.

    `label` is null and `labels` is empty if `abstained`; `parents` is null if the project has no hierarchy.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "image": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                "label": "Coast",
                "labels": ["Coast"],
                "probabilities": {"Coast": 0.81, "Forest": 0.19},
                "margin": 0.62,
                "plausible_labels": ["Coast", "Forest"],
                "abstained": False,
                "parents": {"Nature": 1.0},
                "version": 3,
            }
        }
    )

    image: str | None = None
    label: str | None = None
    labels: list[str] | None = None
    probabilities: dict[str, float] | None = None
    margin: float | None = None
    plausible_labels: list[str] | None = None
    abstained: bool | None = None
    parents: dict[str, float] | None = None
    version: int | None = None
    problem: Problem | None = None

    @classmethod
    def from_prediction(cls, prediction: Prediction, labels: tuple[str, ...]) -> Self:
        """Make the view of a prediction.

        Args: labels: the project's label set, in the order of the probabilities.
        """
        return cls(
            image=prediction.image_id,
            label=prediction.labels[0] if prediction.labels else None,
            labels=list(prediction.labels),
            probabilities=dict(zip(labels, prediction.probabilities, strict=True)),
            margin=prediction.margin,
            plausible_labels=list(prediction.plausible_labels),
            abstained=prediction.abstained,
            parents=prediction.parents,
            version=prediction.version,
        )


class Predictions(BaseModel):
    """One prediction per file, in order; a file that cannot be read has a problem instead."""

    predictions: list[PredictionView]
