"""Intervals of means over runs, against values worked by hand."""

import numpy as np
import pytest

from ml.over_runs import mean_over_runs


def test_interval_is_students() -> None:
    # Mean 3, sample variance 2.5, of the mean .5; the t quantile .975 of 4 degrees of freedom is 2.776445.
    found = mean_over_runs([1, 2, 3, 4, 5])

    assert found.estimate == 3
    assert (found.low, found.high) == pytest.approx((3 - 2.776445 * 0.5**0.5, 3 + 2.776445 * 0.5**0.5), abs=1e-6)


def test_one_run_tells_nothing_of_the_next() -> None:
    found = mean_over_runs([0.5])

    assert (found.low, found.estimate, found.high) == (-np.inf, 0.5, np.inf)
