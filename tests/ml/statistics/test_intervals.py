"""Intervals of means and proportions, against hand-worked values and scipy."""

import numpy as np
import pytest
from scipy.stats import binomtest, sem

from ml.statistics.intervals import is_clearly_positive, standard_error, t_interval, wilson_interval


def test_interval_is_students() -> None:
    # Mean 3, sample variance 2.5, of the mean .5; the t quantile .975 of 4 degrees of freedom is 2.776445.
    found = t_interval([1, 2, 3, 4, 5])

    assert found.estimate == 3
    assert (found.low, found.high) == pytest.approx((3 - 2.776445 * 0.5**0.5, 3 + 2.776445 * 0.5**0.5), abs=1e-6)


def test_one_run_tells_nothing_of_the_next() -> None:
    found = t_interval([0.5])

    assert (found.low, found.estimate, found.high) == (-np.inf, 0.5, np.inf)


@pytest.mark.parametrize(("right", "images"), [(0, 10), (3, 10), (10, 10), (977, 1_000)])
def test_interval_of_a_proportion_is_wilsons(right: int, images: int) -> None:
    found = wilson_interval(right / images, images)

    expected = binomtest(right, images).proportion_ci(method="wilson")
    assert found.bounds == (expected.low, expected.high)
    assert found.estimate == right / images


def test_standard_error_uses_the_sample_variance() -> None:
    assert standard_error(np.array([1.0, 2.0, 4.0])) == pytest.approx(sem([1, 2, 4]))


def test_mean_above_two_standard_errors_is_clearly_positive() -> None:
    # Mean .5; with 25 ones of 50 the sample variance is 12.5 / 49, of the mean .0051, its root .0714.
    gains = np.array([0.0, 1.0] * 25)

    assert is_clearly_positive(gains - 0.5 + 0.15)
    assert not is_clearly_positive(gains - 0.5 + 0.14)


def test_no_gain_at_all_is_not_clearly_positive() -> None:
    assert not is_clearly_positive(np.zeros(50))
