"""Predictions: labels and probabilities that a version gives to one image."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.calibration.decision_rule import DecisionRule
from ml.labels.hierarchy import Parents, parent_members, parent_names, parent_probabilities
from ml.types import Probabilities


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """Labels and probabilities that a version gives to one image.

    labels: the most probable label, or in a multi-label project all above their thresholds (possibly none); empty if
        the version abstained.
    probabilities: calibrated, in label-set order.
    margin: difference of the two largest probabilities.
    plausible_labels: the conformal prediction set, most probable first: it contains the true label as often as the
        project's coverage promises.
    abstained: the confidence is below the project's abstain_below.
    parents: probability by parent; None if the project has no hierarchy.
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
    """Turn class probabilities (images, classes) into one prediction per image; ties go to the earlier label.

    Args: rule: for these labels, in this order.
    """
    chosen, plausible = rule.chosen(probabilities), rule.prediction_sets(probabilities)
    abstained = rule.mode.confidence(probabilities, chosen) < abstain_below
    by_parent = _probabilities_by_parent(probabilities, parents, multi_label=rule.multi_label)
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
            parents=by_parent[row],
        )
        for row, image_id in enumerate(image_ids)
    ]


def _probabilities_by_parent(
    probabilities: Probabilities, parents: Parents | None, *, multi_label: bool
) -> list[dict[str, float] | None]:
    """Sum the probabilities of each parent's labels; in a multi-label project take the largest of them instead."""
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
