"""What a version says about one image."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.targets import more_likely_than_not

# The smallest set of labels whose calibrated probabilities reach this together is what a version stands for.
SET_PROBABILITY = 0.9


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """What a version says about one image.

    labels: the most probable label, or in a multi-label project all more likely than not (possibly none).
    probabilities: calibrated, in label-set order.
    margin: difference of the two largest probabilities.
    plausible_labels: the labels it stands for, most probable first.
    """

    image_id: str
    labels: tuple[str, ...]
    probabilities: tuple[float, ...]
    margin: float
    plausible_labels: tuple[str, ...]
    version: int

    def confidence(self, label: str, labels: tuple[str, ...]) -> float:
        """The calibrated probability of one label of the project's label set, in 0..1."""
        return self.probabilities[labels.index(label)]


def predict_labels(
    probabilities: NDArray[np.float64], labels: tuple[str, ...], *, image_id: str, version: int, multi_label: bool
) -> Prediction:
    """Turn one image's class probabilities (classes,) into a prediction; ties go to the earlier label."""
    order = np.argsort(-probabilities, kind="stable")
    largest = probabilities[order]
    if multi_label:
        likely = more_likely_than_not(probabilities)
        chosen = tuple(labels[i] for i in order if likely[i])
        plausible_labels = chosen
    else:
        chosen = (labels[order[0]],)
        reached = int(np.searchsorted(np.cumsum(largest), SET_PROBABILITY - 1e-9)) + 1
        plausible_labels = tuple(labels[i] for i in order[:reached])
    return Prediction(
        image_id=image_id,
        labels=chosen,
        probabilities=tuple(float(p) for p in probabilities),
        margin=float(largest[0] - largest[1]) if len(largest) > 1 else float(largest[0]),
        plausible_labels=plausible_labels,
        version=version,
    )
