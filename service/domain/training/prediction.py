"""What a version says about one image."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.calibration.decision_rule import DecisionRule
from ml.labels.hierarchy import Parents, parent_members, parent_names, parent_probabilities
from ml.types import Probabilities


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
    probabilities: Probabilities,
    labels: tuple[str, ...],
    *,
    image_ids: Sequence[str],
    version: int,
    rule: DecisionRule,
    abstain_below: float = 0.0,
    parents: Parents | None = None,
) -> list[Prediction]:
    """Turn class probabilities (images, classes) into a prediction an image; ties go to the earlier label.

    Args: rule: for these labels, in this order.
    """
    chosen, plausible = rule.chosen(probabilities), rule.prediction_sets(probabilities)
    abstained = rule.mode.confidence(probabilities, chosen) < abstain_below
    of_parents = _of_parents(probabilities, parents, multi_label=rule.multi_label)
    order = np.argsort(-probabilities, axis=1, kind="stable")
    return [
        Prediction(
            image_id=image_id,
            labels=() if abstained[row] else tuple(labels[i] for i in order[row] if chosen[row, i]),
            probabilities=tuple(probabilities[row].tolist()),
            margin=_margin(probabilities[row, order[row]]),
            plausible_labels=tuple(labels[i] for i in order[row] if plausible[row, i]),
            version=version,
            abstained=bool(abstained[row]),
            parents=of_parents[row],
        )
        for row, image_id in enumerate(image_ids)
    ]


def _of_parents(
    probabilities: Probabilities, parents: Parents | None, *, multi_label: bool
) -> list[dict[str, float] | None]:
    """A parent is as probable as its labels together; with several labels an image, at least as its most probable."""
    if parents is None:
        return [None] * len(probabilities)
    names = parent_names(parents)
    if multi_label:
        each = np.stack([probabilities[:, of].max(axis=1) for of in parent_members(parents).T], axis=1)
    else:
        each = parent_probabilities(probabilities, parents)
    return [dict(zip(names, row, strict=True)) for row in each.tolist()]


def _margin(largest_first: NDArray[np.float64]) -> float:
    second = largest_first[1] if len(largest_first) > 1 else 0.0
    return float(largest_first[0] - second)
