"""Counts the labels that an accuracy needs, and the labels that one strategy saves over another."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.simulation.learning_curves import LearningCurve, Runs, common_span, paired
from ml.statistics.intervals import ConfidenceInterval, t_interval

# Avoids a division by zero: an accuracy that needs no label at all counts as one label.
LEAST_LABELS_COUNTED = 1.0


@dataclass(frozen=True, kw_only=True)
class LabelsComparison:
    """Labels that an accuracy needs by two strategies, run by run.

    A run that does not reach the accuracy counts with the labels at which the comparison ends, which every run has. So
    the figures are about the labels bought until then, and a run in which neither reaches it saves nothing (restricted
    mean: Royston and Parmar 2013).

    Attributes:
        reached, reference_reached: number of runs that reach the accuracy within the comparison.
        saved: labels fewer than the reference, mean over runs; negative if more are needed.
        ratio: labels per label of the reference, geometric mean over runs.
    """

    accuracy: float
    runs: int
    reached: int
    reference_reached: int
    saved: ConfidenceInterval
    ratio: ConfidenceInterval


def labels_needed(curve: LearningCurve, accuracy: float) -> float | None:
    """Find the number of labels at which an accuracy is first reached, by linear interpolation; None if never.

    The curve is its running maximum, so a later fall does not count. An accuracy that the first round reaches needs the
    labels of that round.
    """
    best = np.maximum.accumulate(curve.accuracy)
    place = int(np.searchsorted(best, accuracy))
    if place == len(best):
        return None
    if place == 0:
        return float(curve.labels[0])
    before, after = slice(place - 1, place), slice(place, place + 1)
    share = (accuracy - best[before]) / (best[after] - best[before])
    return float((curve.labels[before] + share * (curve.labels[after] - curve.labels[before]))[0])


def median_labels_needed(runs: Runs, accuracy: float) -> float | None:
    """Compute the median over runs, with infinity for runs that never reach the accuracy; None if it is infinite."""
    needed = [labels_needed(curve, accuracy) for curve in runs]
    median = float(np.median([np.inf if each is None else each for each in needed]))
    return None if np.isinf(median) else median


def compare_labels_needed(runs: Runs, reference: Runs, accuracy: float) -> LabelsComparison | None:
    """Compare the labels needed, run by run; None if no run of either reaches the accuracy. Raises: UnpairedRuns."""
    pairs = paired(runs, reference)
    end = common_span(runs, reference).high
    found = _needed([curve for curve, _ in pairs], accuracy, end)
    others = _needed([other for _, other in pairs], accuracy, end)
    if np.isinf(found).all() and np.isinf(others).all():
        return None
    counted, others_counted = (np.clip(each, LEAST_LABELS_COUNTED, end) for each in (found, others))
    ratio = t_interval(np.log(counted / others_counted))
    return LabelsComparison(
        accuracy=accuracy,
        runs=len(pairs),
        reached=int(np.isfinite(found).sum()),
        reference_reached=int(np.isfinite(others).sum()),
        saved=t_interval(others_counted - counted),
        ratio=ConfidenceInterval(
            low=float(np.exp(ratio.low)), estimate=float(np.exp(ratio.estimate)), high=float(np.exp(ratio.high))
        ),
    )


def _needed(runs: Runs, accuracy: float, end: float) -> NDArray[np.float64]:
    """Count the labels that each run needs; infinity if it does not reach the accuracy by the end. Returns: (runs,)."""
    needed = np.array([np.inf if each is None else each for each in (labels_needed(run, accuracy) for run in runs)])
    return np.where(needed <= end, needed, np.inf)
