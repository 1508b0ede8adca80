"""What a version says about one image."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.hierarchy import Parents, parent_members, parent_names, parent_probabilities
from ml.targets import more_likely_than_not

# The smallest set of labels whose calibrated probabilities reach this together is what a version stands for.
SET_PROBABILITY = 0.9


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """What a version says about one image.

    labels: the most probable label, or in a multi-label project all more likely than not (possibly none); none when it
        abstained.
    probabilities: calibrated, in label-set order.
    margin: difference of the two largest probabilities.
    plausible_labels: the labels it stands for, most probable first.
    abstained: it is less sure than the project asks for.
    parents: the probability of each parent; None where the project has no hierarchy.
    """

    image_id: str
    labels: tuple[str, ...]
    probabilities: tuple[float, ...]
    margin: float
    plausible_labels: tuple[str, ...]
    version: int
    abstained: bool = False
    parents: dict[str, float] | None = None

    def confidence(self, label: str, labels: tuple[str, ...]) -> float:
        """The calibrated probability of one label of the project's label set, in 0..1."""
        return self.probabilities[labels.index(label)]


def predict_labels(
    probabilities: NDArray[np.float64],
    labels: tuple[str, ...],
    *,
    image_id: str,
    version: int,
    multi_label: bool,
    abstain_below: float = 0.0,
    parents: Parents | None = None,
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
    abstained = _sureness(probabilities, multi_label=multi_label) < abstain_below
    return Prediction(
        image_id=image_id,
        labels=() if abstained else chosen,
        probabilities=tuple(float(p) for p in probabilities),
        margin=float(largest[0] - largest[1]) if len(largest) > 1 else float(largest[0]),
        plausible_labels=plausible_labels,
        version=version,
        abstained=abstained,
        parents=None if parents is None else _of_parents(probabilities, parents, multi_label=multi_label),
    )


def _sureness(probabilities: NDArray[np.float64], *, multi_label: bool) -> float:
    """How probable the answer is; with several labels an image, the least sure of its yes-or-no answers."""
    return float(np.maximum(probabilities, 1 - probabilities).min() if multi_label else probabilities.max())


def _of_parents(probabilities: NDArray[np.float64], parents: Parents, *, multi_label: bool) -> dict[str, float]:
    """A parent is as probable as its labels together; with several labels an image, at least as its most probable."""
    if multi_label:
        each = np.where(parent_members(parents).T, probabilities, 0).max(axis=1)
    else:
        each = parent_probabilities(probabilities[np.newaxis], parents)[0]
    return {name: float(probability) for name, probability in zip(parent_names(parents), each, strict=True)}
