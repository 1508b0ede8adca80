"""Learning curves over runs, against hand-worked values."""

from collections.abc import Sequence

import numpy as np
import pytest

from ml.errors import InvalidLearningCurve, UnpairedRuns
from ml.simulation.learning_curves import (
    LearningCurve,
    Span,
    area,
    area_difference,
    common_span,
    curve_of,
    difference_curve,
    mean_area,
    mean_curve,
)
from ml.simulation.replay import ReplayedRound, RoundQuality


def curve(labels: Sequence[float], accuracy: Sequence[float]) -> LearningCurve:
    return LearningCurve(labels=np.array(labels, dtype=np.float64), accuracy=np.array(accuracy, dtype=np.float64))


def round_with(labels: int, top1: float) -> ReplayedRound:
    return ReplayedRound(
        iteration=0,
        picked=np.empty(0, dtype=np.intp),
        candidates=0,
        labels=labels,
        classes=2,
        train=None,
        test=RoundQuality(top1=top1, top5=1.0, mean_recall=0.1, log_loss=0.2),
        query_seconds=0.0,
        train_seconds=0.0,
    )


def test_a_curve_is_accuracy_on_test_images_over_labels() -> None:
    found = curve_of([round_with(4, 0.5), round_with(14, 0.75)])

    assert (found.labels.tolist(), found.accuracy.tolist()) == ([4, 14], [0.5, 0.75])


def test_area_is_the_mean_height_of_the_trapezoids() -> None:
    # Two trapezoids: 10 wide of mean height .5, 30 wide of mean height .7; (5 + 21) / 40.
    found = curve([10, 20, 50], [0.4, 0.6, 0.8])

    assert area(found, Span(low=10, high=50)) == pytest.approx(0.65)


def test_area_of_a_part_goes_by_straight_lines() -> None:
    # From .5 at 15 to .6 at 20, then to .7 at 35: 5 wide of .55 and 15 wide of .65.
    found = curve([10, 20, 50], [0.4, 0.6, 0.8])

    assert area(found, Span(low=15, high=35)) == pytest.approx((5 * 0.55 + 15 * 0.65) / 20)


def test_area_of_a_single_round_is_its_accuracy() -> None:
    assert area(curve([10], [0.4]), Span(low=10, high=10)) == 0.4


def test_areas_over_runs_have_an_interval() -> None:
    # Areas .5 and .6: mean .55, standard error .05; the t quantile .975 of 1 degree of freedom is 12.7062.
    runs = [curve([0, 10], [0.4, 0.6]), curve([0, 10], [0.5, 0.7])]

    found = mean_area(runs, Span(low=0, high=10))

    assert found.estimate == pytest.approx(0.55)
    assert found.high - found.estimate == pytest.approx(12.7062 * 0.05, rel=1e-5)


def test_differences_of_areas_are_taken_run_by_run() -> None:
    # The runs lie far apart, but each is .1 above the same run of the reference.
    runs = [curve([0, 10], [0.3, 0.3]), curve([0, 10], [0.9, 0.9])]
    reference = [curve([0, 10], [0.2, 0.2]), curve([0, 10], [0.8, 0.8])]

    found = area_difference(runs, reference, Span(low=0, high=10))

    assert (found.low, found.estimate, found.high) == pytest.approx((0.1, 0.1, 0.1))


def test_common_span_is_what_every_run_went_through() -> None:
    assert common_span([curve([2, 30], [0, 1])], [curve([5, 20], [0, 1])]) == Span(low=5, high=20)


def test_runs_with_nothing_in_common_cannot_be_compared() -> None:
    with pytest.raises(UnpairedRuns, match="one starts at 30, one ends at 20"):
        common_span([curve([30, 40], [0, 1])], [curve([5, 20], [0, 1])])


def test_mean_curve_has_a_point_for_each_round() -> None:
    found = mean_curve([curve([5, 10], [0.2, 0.6]), curve([5, 10], [0.4, 0.8])])

    assert [point.labels for point in found] == [5, 10]
    assert [point.interval.estimate for point in found] == pytest.approx([0.3, 0.7])


def test_a_run_with_other_rounds_is_read_between_them() -> None:
    found = mean_curve([curve([0, 10], [0.0, 1.0]), curve([0, 5, 10], [0.0, 1.0, 1.0])])

    assert [(point.labels, point.interval.estimate) for point in found] == [(0, 0), (5, 0.75), (10, 1)]


def test_difference_curve_is_paired_at_each_number_of_labels() -> None:
    # At 10 labels +.1 and +.3: mean .2, standard error .1.
    runs = [curve([5, 10], [0.5, 0.7]), curve([5, 10], [0.4, 0.9])]
    reference = [curve([5, 10], [0.5, 0.6]), curve([5, 10], [0.4, 0.6])]

    start, end = difference_curve(runs, reference)

    assert (start.interval.low, start.interval.high) == (0, 0)
    assert end.interval.estimate == pytest.approx(0.2)
    assert end.interval.high - end.interval.estimate == pytest.approx(12.7062 * 0.1, rel=1e-5)


def test_another_number_of_runs_is_no_pair() -> None:
    one = curve([5, 10], [0.5, 0.7])

    with pytest.raises(UnpairedRuns, match="got 2, and 1 of the reference"):
        difference_curve([one, one], [one])


@pytest.mark.parametrize(("labels", "accuracy"), [([], []), ([5, 5], [0.1, 0.2]), ([5], [0.1, 0.2])])
def test_labels_must_rise(labels: list[float], accuracy: list[float]) -> None:
    with pytest.raises(InvalidLearningCurve):
        curve(labels, accuracy)
