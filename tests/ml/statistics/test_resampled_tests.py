"""Corrected tests and intervals over splits, against hand-worked values."""

import numpy as np
import pytest
from scipy.stats import binomtest

from ml.statistics.intervals import t_interval
from ml.statistics.resampled_tests import accuracy_interval, corrected_resampled_interval, corrected_resampled_t_test

MANY_CALM_IMAGES = np.zeros(10_000)


def test_interval_is_the_corrected_resampled_one() -> None:
    # Mean .03, sample variance .00025; variance of the mean (1/5 + 1/4) * .00025 = .0001125, its root .0106066;
    # the t quantile .975 of 4 degrees of freedom is 2.776445.
    differences = np.array([0.01, 0.02, 0.03, 0.04, 0.05])

    found = corrected_resampled_t_test(differences, MANY_CALM_IMAGES, test_train_ratio=1 / 4)

    assert found.interval.estimate == pytest.approx(0.03)
    assert found.interval.low == pytest.approx(0.03 - 2.776445 * 0.0106066, abs=1e-7)
    assert found.interval.high == pytest.approx(0.03 + 2.776445 * 0.0106066, abs=1e-7)


def test_chance_of_so_large_a_mean_is_the_tails_of_students_t() -> None:
    # t = .03 / .0106066 = 2.828427 = 2 * sqrt(2). With 4 degrees of freedom the distribution function is
    # 1/2 + s (3 - s**2) / 4 with s = t / sqrt(t**2 + 4) = sqrt(2/3), hence two tails of .047421.
    differences = np.array([0.01, 0.02, 0.03, 0.04, 0.05])

    found = corrected_resampled_t_test(differences, MANY_CALM_IMAGES, test_train_ratio=1 / 4)

    s = np.sqrt(2 / 3)
    assert found.p_value == pytest.approx(2 * (1 / 2 - s * (3 - s**2) / 4))


def test_more_overlap_makes_a_wider_interval() -> None:
    differences = np.array([0.01, 0.02, 0.03])

    narrow, wide = (
        corrected_resampled_t_test(differences, MANY_CALM_IMAGES, test_train_ratio=ratio) for ratio in (0.1, 1.0)
    )

    assert wide.interval.high - wide.interval.low > narrow.interval.high - narrow.interval.low


def test_splits_that_agree_by_chance_have_at_least_the_variance_of_their_images() -> None:
    # One image of four gained in each of five splits: variance over images 3/16, of the mean 3/320.
    one_in_four = np.tile([1.0, 0.0, 0.0, 0.0], 5)

    found = corrected_resampled_t_test(np.full(5, 0.25), one_in_four, test_train_ratio=1 / 4)

    assert found.interval.high - 0.25 == pytest.approx(2.776445 * np.sqrt(3 / 320), abs=1e-6)


def test_no_difference_on_any_image_is_no_difference_for_sure() -> None:
    found = corrected_resampled_t_test(np.zeros(5), np.zeros(20), test_train_ratio=1 / 4)

    assert (found.interval.low, found.interval.high, found.p_value) == (0, 0, 1)


def test_the_same_gain_on_every_image_is_a_gain_for_sure() -> None:
    found = corrected_resampled_t_test(np.ones(5), np.ones(20), test_train_ratio=1 / 4)

    assert (found.interval.low, found.interval.high, found.p_value) == (1, 1, 0)


@pytest.mark.parametrize("right", [0, 3, 10])
def test_accuracy_interval_is_never_narrower_than_wilsons(right: int) -> None:
    by_image = (np.arange(10) < right).astype(np.float64)

    found = accuracy_interval(np.full(5, right / 10), by_image, test_train_ratio=1 / 4)

    wilson = binomtest(right, 10).proportion_ci(method="wilson")
    assert (found.low, found.high) == pytest.approx((min(wilson.low, found.low), max(wilson.high, found.high)))
    assert 0 <= found.low <= found.estimate <= found.high <= 1


def test_all_right_is_not_sure_with_few_images() -> None:
    found = accuracy_interval(np.ones(5), np.ones(10), test_train_ratio=1 / 4)

    assert (found.low, found.high) == pytest.approx((binomtest(10, 10).proportion_ci(method="wilson").low, 1))


def test_interval_over_runs_is_widened_to_that_of_the_test() -> None:
    runs = np.array([0.1, 0.3, 0.2, 0.5, 0.4])

    found = corrected_resampled_interval(t_interval(runs), runs=5, test_train_ratio=0.25)

    expected = corrected_resampled_t_test(runs, MANY_CALM_IMAGES, test_train_ratio=0.25).interval
    assert np.allclose(
        [found.low, found.estimate, found.high], [expected.low, expected.estimate, expected.high], rtol=1e-9
    )
