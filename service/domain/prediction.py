"""What a version says about one image."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# The smallest set of labels whose calibrated probabilities reach this together is what a version stands for.
SET_PROBABILITY = 0.9
MULTI_LABEL_THRESHOLD = 0.5


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """What a version says about one image.

    labels: the most probable label, or in a multi-label project all above one half (possibly none).
    probabilities: calibrated, in label-set order.
    margin: difference of the two largest probabilities.
    label_set: the labels it stands for, most probable first.
    """

    image_id: str
    labels: tuple[str, ...]
    probabilities: tuple[float, ...]
    margin: float
    label_set: tuple[str, ...]
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
        chosen = tuple(labels[i] for i in order if probabilities[i] >= MULTI_LABEL_THRESHOLD)
        label_set = chosen
    else:
        chosen = (labels[order[0]],)
        reached = int(np.searchsorted(np.cumsum(largest), SET_PROBABILITY - 1e-9)) + 1
        label_set = tuple(labels[i] for i in order[:reached])
    return Prediction(
        image_id=image_id,
        labels=chosen,
        probabilities=tuple(float(p) for p in probabilities),
        margin=float(largest[0] - largest[1]) if len(largest) > 1 else float(largest[0]),
        label_set=label_set,
        version=version,
    )
