"""Prints the tables of the benchmark of strategies, in Markdown."""

from collections.abc import Mapping, Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from benchmarks._results import Result
from ml.simulation.labels_needed import compare_labels_needed, median_labels_needed
from ml.simulation.learning_curves import LearningCurve, Runs, area_difference, common_span, mean_area
from ml.statistics.intervals import ConfidenceInterval, t_interval

REFERENCE = "random"
ALL_LABELS = "all labels"
GOAL = 0.9
SHARES_OF_ALL = (0.9, 0.95)

# (runs, budgets) accuracies of each strategy, in one collection.
Accuracies = Mapping[str, NDArray[np.float64]]


def print_report(results: Sequence[Result]) -> None:
    """Print a table per collection, then one over all collections."""
    verdicts: dict[str, list[ConfidenceInterval]] = {}
    areas: dict[str, list[float]] = {}
    for name, group in groupby(results, key=lambda result: result.run.collection):
        _print_collection(name, list(group), verdicts, areas)
    _print_overall(verdicts, areas)


def _print_collection(
    name: str, results: Sequence[Result], verdicts: dict[str, list[ConfidenceInterval]], areas: dict[str, list[float]]
) -> None:
    asked, budgets = _curves(results), results[0].run.budgets
    all_labels = float(np.mean([curve.accuracy[-1] for curve in asked.pop(ALL_LABELS)]))
    curves = _as_long_as_the_shortest(asked)
    runs = len(curves[REFERENCE])
    print(f"\n## {name}: {runs} runs, {results[0].classes} classes, all labels {100 * all_labels:.1f} %\n")
    _print_accuracies(curves, budgets[: len(curves[REFERENCE][0].labels)], areas)
    print(f"\nDifferences to {REFERENCE} in points, 95 % interval\n")
    _print_differences(curves, budgets[: len(curves[REFERENCE][0].labels)], verdicts)
    print("\nLabels needed (median), and share of random's labels saved (95 % interval)\n")
    _print_labels_needed(
        curves, {f"{GOAL:.0%}": GOAL} | {f"{s:.0%} of all labels'": s * all_labels for s in SHARES_OF_ALL}
    )


def _curves(results: Sequence[Result]) -> dict[str, list[LearningCurve]]:
    curves: dict[str, list[LearningCurve]] = {}
    for result in results:
        labels, accuracy = np.array(result.replayed.labels, dtype=np.float64), np.array(result.replayed.accuracy)
        curves.setdefault(result.run.asker, []).append(LearningCurve(labels=labels, accuracy=accuracy))
    return curves


def _as_long_as_the_shortest(curves: Mapping[str, Runs]) -> dict[str, Runs]:
    """Cut all curves to the shortest: other splits have a few images more or less in the pool, so runs differ in
    length.
    """
    budgets = min(len(curve.labels) for runs in curves.values() for curve in runs)
    return {
        name: [LearningCurve(labels=curve.labels[:budgets], accuracy=curve.accuracy[:budgets]) for curve in runs]
        for name, runs in curves.items()
    }


def _print_accuracies(curves: Mapping[str, Runs], budgets: Sequence[int], areas: dict[str, list[float]]) -> None:
    _print_row(["labels a class", *map(str, budgets), "mean", "area", "area above random"], is_header=True)
    span = common_span(*curves.values())
    for name, runs in curves.items():
        accuracy = np.array([curve.accuracy for curve in runs])
        difference = area_difference(runs, curves[REFERENCE], span)
        areas.setdefault(name, []).append(difference.estimate)
        cells = [*(100 * accuracy.mean(axis=0)), 100 * accuracy.mean(), 100 * mean_area(runs, span).estimate]
        _print_row([name, *(f"{cell:.1f}" for cell in cells), _in_points(difference)])


def _print_differences(
    curves: Mapping[str, Runs], budgets: Sequence[int], verdicts: dict[str, list[ConfidenceInterval]]
) -> None:
    _print_row(["labels a class", *map(str, budgets), "above / within / below"], is_header=True)
    reference = np.array([curve.accuracy for curve in curves[REFERENCE]])
    for name, runs in curves.items():
        if name == REFERENCE:
            continue
        above = np.array([curve.accuracy for curve in runs]) - reference
        intervals = [t_interval(of_budget) for of_budget in above.T]
        verdicts.setdefault(name, []).extend(intervals)
        _print_row([name, *map(_in_points, intervals), _verdict(intervals)])


def _print_labels_needed(curves: Mapping[str, Runs], goals: Mapping[str, float]) -> None:
    _print_row(["accuracy", *(f"{name} ({100 * goal:.1f} %)" for name, goal in goals.items())], is_header=True)
    for name, runs in curves.items():
        _print_row([name, *(_needed(runs, curves[REFERENCE], goal) for goal in goals.values())])


def _needed(runs: Runs, reference: Runs, goal: float) -> str:
    median, compared = median_labels_needed(runs, goal), compare_labels_needed(runs, reference, goal)
    labels = "not reached" if median is None else f"{median:.0f}"
    if compared is None or runs is reference:
        return labels
    low, saved, high = (100 * (1 - each) for each in (compared.ratio.high, compared.ratio.estimate, compared.ratio.low))
    return f"{labels}, {saved:+.0f} % ({low:+.0f} to {high:+.0f})"


def _print_overall(verdicts: Mapping[str, Sequence[ConfidenceInterval]], areas: Mapping[str, Sequence[float]]) -> None:
    print(f"\n## All collections: cells above, within, below {REFERENCE}\n")
    _print_row(["", "above / within / below", "cells above", "cells below", "mean area above random"], is_header=True)
    for name in sorted(verdicts, key=lambda each: -float(np.mean(areas[each]))):
        intervals = verdicts[name]
        shares = [np.mean([each.low > 0 for each in intervals]), np.mean([each.high < 0 for each in intervals])]
        area = f"{100 * np.mean(areas[name]):+.2f}"
        _print_row([name, _verdict(intervals), *(f"{share:.0%}" for share in shares), area])


def _verdict(intervals: Sequence[ConfidenceInterval]) -> str:
    above, below = sum(each.low > 0 for each in intervals), sum(each.high < 0 for each in intervals)
    return f"{above} / {len(intervals) - above - below} / {below}"


def _in_points(interval: ConfidenceInterval) -> str:
    reach = 100 * (interval.high - interval.estimate)
    return f"{100 * interval.estimate:+.1f} ± {reach:.1f}"


def _print_row(cells: Sequence[str], *, is_header: bool = False) -> None:
    print(f"| {' | '.join(cells)} |")
    if is_header:
        print("|" + "---|" * len(cells))
