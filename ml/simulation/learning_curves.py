"""Computes learning curves, accuracy over labels: their mean over runs, and the difference between strategies."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.errors import InvalidLearningCurve, UnpairedRuns
from ml.simulation.replay import ReplayedRound
from ml.statistics.intervals import ConfidenceInterval, t_interval


@dataclass(frozen=True, kw_only=True, eq=False)
class LearningCurve:
    """Learning curve of one run: labels: (points,) rising, at least one; accuracy: (points,) in 0..1 at each.

    Raises: InvalidLearningCurve.
    """

    labels: NDArray[np.float64]
    accuracy: NDArray[np.float64]

    def __post_init__(self) -> None:
        if not len(self.labels) or len(self.labels) != len(self.accuracy) or (np.diff(self.labels) <= 0).any():
            raise InvalidLearningCurve(
                "a learning curve is one accuracy for each number of labels, in rising order, at least one: "
                f"got {len(self.labels)} numbers of labels and {len(self.accuracy)} accuracies"
            )

    def at(self, labels: NDArray[np.float64]) -> NDArray[np.float64]:
        """Interpolate the accuracy linearly at these numbers of labels."""
        return np.interp(labels, self.labels, self.accuracy)


# One curve per run of the same strategy; run r of two strategies started from the same labels.
Runs = Sequence[LearningCurve]


@dataclass(frozen=True, kw_only=True)
class Span:
    """Range of numbers of labels, both ends included."""

    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class CurvePoint:
    """A mean over runs with its interval, at one number of labels."""

    labels: float
    interval: ConfidenceInterval


def curve_of(rounds: Sequence[ReplayedRound]) -> LearningCurve:
    """Build the curve of one run: test accuracy over the number of labels."""
    return LearningCurve(
        labels=np.array([each.labels for each in rounds], dtype=np.float64),
        accuracy=np.array([each.test.top1 for each in rounds]),
    )


def common_span(*runs_of_strategies: Runs) -> Span:
    """Find the range of numbers of labels that every run of every strategy covers.

    Raises: UnpairedRuns: the range is empty.
    """
    curves = [curve for runs in runs_of_strategies for curve in runs]
    span = Span(
        low=max(float(curve.labels[0]) for curve in curves), high=min(float(curve.labels[-1]) for curve in curves)
    )
    if span.low > span.high:
        raise UnpairedRuns(
            f"the runs have no number of labels in common: one starts at {span.low:g}, one ends at {span.high:g}"
        )
    return span


def area(curve: LearningCurve, span: Span) -> float:
    """Compute the mean accuracy over a span by the trapezoidal rule: area under the curve / width, in 0..1."""
    labels = _points([curve], span)
    if len(labels) == 1:
        return float(curve.at(labels)[0])
    accuracy = curve.at(labels)
    return float(np.diff(labels) @ (accuracy[1:] + accuracy[:-1]) / 2 / (span.high - span.low))


def mean_area(runs: Runs, span: Span) -> ConfidenceInterval:
    """Compute the mean area over runs, with its 95 % interval."""
    return t_interval([area(curve, span) for curve in runs])


def area_difference(runs: Runs, reference: Runs, span: Span) -> ConfidenceInterval:
    """Compute the mean difference in area to the reference, paired by run. Raises: UnpairedRuns."""
    return t_interval([area(curve, span) - area(other, span) for curve, other in paired(runs, reference)])


def mean_curve(runs: Runs) -> tuple[CurvePoint, ...]:
    """Average runs at each number of labels that any run was tested at, within the common span.

    Raises: UnpairedRuns.
    """
    labels = _points(runs, common_span(runs))
    return _over_runs(labels, np.array([curve.at(labels) for curve in runs]))


def difference_curve(runs: Runs, reference: Runs) -> tuple[CurvePoint, ...]:
    """Average the differences to the reference, paired by run, at the numbers of labels within the common span.

    Raises: UnpairedRuns.
    """
    labels = _points([*runs, *reference], common_span(runs, reference))
    return _over_runs(
        labels, np.array([curve.at(labels) - other.at(labels) for curve, other in paired(runs, reference)])
    )


def paired(runs: Runs, reference: Runs) -> list[tuple[LearningCurve, LearningCurve]]:
    """Pair run r of both. Raises: UnpairedRuns."""
    if len(runs) != len(reference) or not runs:
        raise UnpairedRuns(f"runs are compared one by one: got {len(runs)}, and {len(reference)} of the reference")
    return list(zip(runs, reference, strict=True))


def _points(curves: Runs, span: Span) -> NDArray[np.float64]:
    tested = np.unique(np.concatenate([curve.labels for curve in curves]))
    within = tested[(tested > span.low) & (tested < span.high)]
    points: NDArray[np.float64] = np.unique(np.concatenate([[span.low], within, [span.high]]))
    return points


def _over_runs(labels: NDArray[np.float64], by_run: NDArray[np.float64]) -> tuple[CurvePoint, ...]:
    return tuple(
        CurvePoint(labels=float(count), interval=t_interval(values))
        for count, values in zip(labels, by_run.T, strict=True)
    )
