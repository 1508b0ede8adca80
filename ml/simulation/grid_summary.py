"""Summarises a grid of replays: areas under curves, differences to random, labels needed, and query times."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.simulation.grid import FULL_SUPERVISION, RANDOM_BASELINE, Configuration, GridPlan
from ml.simulation.labels_needed import LabelsComparison, compare_labels_needed, median_labels_needed
from ml.simulation.learning_curves import (
    CurvePoint,
    LearningCurve,
    Span,
    area_difference,
    common_span,
    difference_curve,
    mean_area,
    mean_curve,
)
from ml.statistics.intervals import ConfidenceInterval, t_interval

# Default target accuracies, as fractions of the accuracy with all labels.
SHARES_OF_ALL = (0.8, 0.9, 0.95)


@dataclass(frozen=True, kw_only=True, eq=False)
class RunResult:
    """Result of one replayed run: its learning curve, and the seconds that each pick took."""

    curve: LearningCurve
    query_seconds: NDArray[np.float64]


# The results of each configuration, in the order of the runs.
Results = Mapping[Configuration, Sequence[RunResult]]


@dataclass(frozen=True, kw_only=True)
class LabelsNeeded:
    """Number of labels that an accuracy needs.

    Attributes: share_of_all: the accuracy as a fraction of that with all labels, None if the user gave it; median: over
        runs, None if at least half of them never reach it; compared: with random, None for random itself, and if no
        run of either reaches it.
    """

    accuracy: float
    share_of_all: float | None
    median: float | None
    compared: LabelsComparison | None


@dataclass(frozen=True, kw_only=True)
class ConfigurationSummary:
    """Result of one configuration; differences are to random with the same head and encoder, None for random itself.

    Attributes: area: under the learning curve divided by its width, that is the mean accuracy on the way; final: the
        accuracy at the last number of labels that all runs reach; seconds_per_query: the median over all rounds of
        all runs.
    """

    arm: Configuration
    area: ConfidenceInterval
    area_difference: ConfidenceInterval | None
    final: ConfidenceInterval
    final_difference: ConfidenceInterval | None
    labels_needed: tuple[LabelsNeeded, ...]
    seconds_per_query: float
    curve: tuple[CurvePoint, ...]
    differences: tuple[CurvePoint, ...]


@dataclass(frozen=True, kw_only=True)
class HeadResult:
    """Results of a head on an encoder: without active learning, and with each strategy.

    Attributes: start: accuracy with the initial labels alone; all_labels: accuracy with all `most_labels` labels; low,
        high: strategies are compared between these numbers of labels.
    """

    head: str
    encoder: str
    start: ConfidenceInterval
    all_labels: ConfidenceInterval
    most_labels: int
    low: float
    high: float
    arms: tuple[ConfigurationSummary, ...]


def summarize(plan: GridPlan, results: Results, *, accuracies: Sequence[float] | None = None) -> tuple[HeadResult, ...]:
    """Summarise the results of each head on each encoder, random first among its configurations.

    Args: accuracies: targets in 0..1 for the labels needed; None is `SHARES_OF_ALL` of the accuracy with all labels.
    """
    return tuple(
        _head_result(
            {each: runs for each, runs in results.items() if (each.head, each.encoder) == (head, encoder)}, accuracies
        )
        for encoder in plan.encoders
        for head in plan.heads
    )


def _head_result(results: Results, accuracies: Sequence[float] | None) -> HeadResult:
    by_strategy = {each.strategy: (each, runs) for each, runs in results.items()}
    some, baseline = by_strategy.pop(FULL_SUPERVISION)
    _, reference = by_strategy[RANDOM_BASELINE]
    all_labels = t_interval([found.curve.accuracy[-1] for found in baseline])
    span = common_span(*([found.curve for found in runs] for _, runs in by_strategy.values()))
    wanted = _accuracies(all_labels.estimate, accuracies)
    return HeadResult(
        head=some.head,
        encoder=some.encoder,
        start=t_interval([found.curve.accuracy[0] for found in baseline]),
        all_labels=all_labels,
        most_labels=int(max(found.curve.labels[-1] for found in baseline)),
        low=span.low,
        high=span.high,
        arms=tuple(_summary_of(each, runs, reference, span, wanted) for each, runs in by_strategy.values()),
    )


def _accuracies(all_labels: float, given: Sequence[float] | None) -> tuple[tuple[float, float | None], ...]:
    """Return target accuracies, each with the fraction of full-data accuracy that defines it, None if it was given."""
    if given is not None:
        return tuple((accuracy, None) for accuracy in given)
    return tuple((share * all_labels, share) for share in SHARES_OF_ALL)


def _summary_of(
    configuration: Configuration,
    results: Sequence[RunResult],
    reference_results: Sequence[RunResult],
    span: Span,
    accuracies: Sequence[tuple[float, float | None]],
) -> ConfigurationSummary:
    runs, reference = [each.curve for each in results], [each.curve for each in reference_results]
    is_reference = results is reference_results
    curve, differences = mean_curve(runs), () if is_reference else difference_curve(runs, reference)
    return ConfigurationSummary(
        arm=configuration,
        area=mean_area(runs, span),
        area_difference=None if is_reference else area_difference(runs, reference, span),
        final=curve[-1].interval,
        final_difference=None if is_reference else differences[-1].interval,
        labels_needed=tuple(
            LabelsNeeded(
                accuracy=accuracy,
                share_of_all=share,
                median=median_labels_needed(runs, accuracy),
                compared=None if is_reference else compare_labels_needed(runs, reference, accuracy),
            )
            for accuracy, share in accuracies
        ),
        seconds_per_query=_median([each.query_seconds for each in results]),
        curve=curve,
        differences=differences,
    )


def _median(seconds: Sequence[NDArray[np.float64]]) -> float:
    """Compute the median over all runs; 0 if there were no queries."""
    together = np.concatenate(list(seconds))
    return float(np.median(together)) if len(together) else 0.0
