"""Formatting of intervals."""

import math

import pytest

from ml.statistics.interval_text import part, percent, points, signed
from ml.statistics.intervals import ConfidenceInterval

SINGLE_RUN = ConfidenceInterval(low=-math.inf, estimate=0.5, high=math.inf)


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        (ConfidenceInterval(low=0.921, estimate=0.934, high=0.946), "93.4 % (92.1-94.6)"),
        (ConfidenceInterval(low=-0.2, estimate=0.5, high=1.2), "50.0 % (0.0-100.0)"),
        (SINGLE_RUN, "50.0 %"),
    ],
)
def test_a_share_is_in_percent_and_its_bounds_are_shares_too(interval: ConfidenceInterval, expected: str) -> None:
    assert percent(interval) == expected


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        (ConfidenceInterval(low=-0.003, estimate=0.004, high=0.011), "+0.4 (-0.3 to +1.1)"),
        (ConfidenceInterval(low=-0.0001, estimate=0.0001, high=0.01), "+0.0 (+0.0 to +1.0)"),
        (SINGLE_RUN, "+50.0"),
    ],
)
def test_a_difference_is_in_points_with_its_sign_and_no_bound_is_minus_nothing(
    interval: ConfidenceInterval, expected: str
) -> None:
    assert points(interval) == expected


def test_a_difference_of_something_else_has_its_own_digits() -> None:
    assert signed(ConfidenceInterval(low=-3.2, estimate=4.4, high=11.6)) == "+4 (-3 to +12)"
    assert signed(ConfidenceInterval(low=-0.1234, estimate=0.1, high=0.2), digits=3) == "+0.100 (-0.123 to +0.200)"


def test_a_part_is_in_whole_percent() -> None:
    assert part(ConfidenceInterval(low=-0.2, estimate=0.35, high=0.48)) == "35 % (-20 to 48 %)"
