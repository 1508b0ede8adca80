"""Summaries of grids, against hand-worked values."""

from collections.abc import Sequence

import numpy as np
import pytest

from ml.simulation.grid import FULL_SUPERVISION, Configuration, GridPlan
from ml.simulation.grid_summary import HeadResult, RunResult, summarize
from tests.ml.simulation.test_learning_curves import curve

PLAN = GridPlan(strategies=("margin",), heads=("knn",), encoders=("lite",), runs=2)


def configuration(strategy: str) -> Configuration:
    return Configuration(strategy=strategy, head="knn", encoder="lite")


def result(labels: Sequence[float], accuracy: Sequence[float], *, seconds: Sequence[float] = ()) -> RunResult:
    return RunResult(curve=curve(labels, accuracy), query_seconds=np.array(seconds, dtype=np.float64))


RESULTS = {
    configuration(FULL_SUPERVISION): [result([10, 500], [0.4, 0.9]), result([10, 500], [0.5, 1.0])],
    configuration("random"): [result([10, 30], [0.4, 0.6]), result([10, 30], [0.5, 0.7])],
    configuration("margin"): [
        result([10, 30], [0.4, 0.8], seconds=[1]),
        result([10, 30], [0.5, 0.9], seconds=[3]),
    ],
}


def setting(*, accuracies: Sequence[float] | None = None) -> HeadResult:
    (found,) = summarize(PLAN, RESULTS, accuracies=accuracies)
    return found


def test_the_start_and_all_labels_frame_the_strategies() -> None:
    found = setting()

    assert (found.start.estimate, found.all_labels.estimate) == pytest.approx((0.45, 0.95))
    assert (found.low, found.high, found.most_labels) == (10, 30, 500)


def test_strategies_are_compared_with_random_run_by_run() -> None:
    random, margin = setting().arms

    assert (random.arm.strategy, random.area_difference, random.differences) == ("random", None, ())
    assert margin.area.estimate - random.area.estimate == pytest.approx(0.1)
    assert margin.area_difference is not None
    # The same difference in both runs, so that it is certain although the runs lie apart.
    assert (margin.area_difference.low, margin.area_difference.high) == pytest.approx((0.1, 0.1))
    assert margin.final_difference is not None
    assert margin.final_difference.estimate == pytest.approx(0.2)


def test_labels_are_counted_to_shares_of_what_all_labels_reach() -> None:
    margin = setting().arms[1]

    assert [each.share_of_all for each in margin.labels_needed] == [0.8, 0.9, 0.95]
    assert margin.labels_needed[0].accuracy == pytest.approx(0.76)
    # .76 lies at 28 and at 23 of 10 to 30 labels.
    assert margin.labels_needed[0].median == pytest.approx(25.5)


def test_labels_are_counted_up_to_a_given_accuracy() -> None:
    (needed,) = setting(accuracies=[0.6]).arms[1].labels_needed

    # .6 is reached by random at 30 and 20 labels, by margin at 20 and 15.
    assert (needed.accuracy, needed.share_of_all) == (0.6, None)
    assert needed.compared is not None
    assert needed.compared.saved.estimate == pytest.approx((10 + 5) / 2)


def test_seconds_are_the_median_of_all_choices() -> None:
    random, margin = setting().arms

    assert (random.seconds_per_query, margin.seconds_per_query) == (0, 2)
