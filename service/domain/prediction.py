"""What a version says about one image."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.hierarchy import Parents, parent_members, parent_names, parent_probabilities
from ml.label_rule import LabelRule


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """What a version says about one image.

    labels: the most probable label, or in a multi-label project all above their thresholds (possibly none); none when
        it abstained.
    probabilities: calibrated, in label-set order.
    margin: difference of the two largest probabilities.
    plausible_labels: the labels it stands for, most probable first: the true one is among them as often as promised.
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


def predict_labels(
    probabilities: NDArray[np.float64],
    labels: tuple[str, ...],
    *,
    image_id: str,
    version: int,
    rule: LabelRule,
    abstain_below: float = 0.0,
    parents: Parents | None = None,
) -> Prediction:
    """Turn one image's class probabilities (classes,) into a prediction; ties go to the earlier label.

    Args: rule: for these labels, in this order.
    """
    order = np.argsort(-probabilities, kind="stable")
    largest = probabilities[order]
    chosen, plausible = rule.chosen(probabilities[np.newaxis])[0], rule.label_sets(probabilities[np.newaxis])[0]
    abstained = _sureness(probabilities, multi_label=rule.multi_label) < abstain_below
    return Prediction(
        image_id=image_id,
        labels=() if abstained else tuple(labels[i] for i in order if chosen[i]),
        probabilities=tuple(float(p) for p in probabilities),
        margin=float(largest[0] - largest[1]) if len(largest) > 1 else float(largest[0]),
        plausible_labels=tuple(labels[i] for i in order if plausible[i]),
        version=version,
        abstained=abstained,
        parents=None if parents is None else _of_parents(probabilities, parents, multi_label=rule.multi_label),
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
