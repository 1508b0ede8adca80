"""How many labels an accuracy takes, and how many of them one way of asking saves over another."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.simulation.learning_curves import LearningCurve, Runs, common_span, paired
from ml.statistics.intervals import ConfidenceInterval, t_interval

# So that a ratio to nothing is never asked for: an accuracy that takes no label at all counts as one label.
LEAST_LABELS_COUNTED = 1.0


@dataclass(frozen=True, kw_only=True)
class LabelsCompared:
    """What an accuracy takes by two ways of asking, run by run.

    A run that does not reach it counts with the labels at which the comparison ends, which every run went through: it
    needs more than that, so that the figures are about the labels bought until then, and both ways alike saved nothing
    in a run where neither got there (a restricted mean: Royston and Parmar 2013).

    Attributes:
        reached, reference_reached: how many of the runs got there within the comparison.
        saved: labels fewer than the reference, the mean over runs; negative where it takes more.
        ratio: labels for each label of the reference, the geometric mean over runs.
    """

    accuracy: float
    runs: int
    reached: int
    reference_reached: int
    saved: ConfidenceInterval
    ratio: ConfidenceInterval


def labels_needed(curve: LearningCurve, accuracy: float) -> float | None:
    """After how many labels this accuracy was first reached, on straight lines between rounds; None where it never was.

    A later fall does not count: the line goes through the best so far. What the first round reaches takes its labels.
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
    """The median over runs; one that does not get there needs endlessly many, None where the median does."""
    needed = [labels_needed(curve, accuracy) for curve in runs]
    median = float(np.median([np.inf if each is None else each for each in needed]))
    return None if np.isinf(median) else median


def compare_labels_needed(runs: Runs, reference: Runs, accuracy: float) -> LabelsCompared | None:
    """None where no run of either gets there. Raises: UnpairedRuns."""
    pairs = paired(runs, reference)
    end = common_span(runs, reference).high
    found = _needed([curve for curve, _ in pairs], accuracy, end)
    others = _needed([other for _, other in pairs], accuracy, end)
    if np.isinf(found).all() and np.isinf(others).all():
        return None
    counted, others_counted = (np.clip(each, LEAST_LABELS_COUNTED, end) for each in (found, others))
    ratio = t_interval(np.log(counted / others_counted))
    return LabelsCompared(
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
    """(runs,) labels; endless for a run that does not get there by the end."""
    needed = np.array([np.inf if each is None else each for each in (labels_needed(run, accuracy) for run in runs)])
    return np.where(needed <= end, needed, np.inf)
