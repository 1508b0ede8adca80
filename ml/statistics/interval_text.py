"""Writes confidence intervals as people read them, the same in every sentence and table."""

from math import isfinite

from ml.statistics.intervals import ConfidenceInterval


def percent(interval: ConfidenceInterval) -> str:
    """As 93.4 % (92.1-94.6): a share, whose bounds end where shares do. A single run has no bounds."""
    low, high = 100 * max(interval.low, 0.0), 100 * min(interval.high, 1.0)
    bounds = f" ({low:.1f}-{high:.1f})" if isfinite(interval.low) else ""
    return f"{100 * interval.estimate:.1f} %{bounds}"


def points(interval: ConfidenceInterval) -> str:
    """As +0.4 (-0.3 to +1.1): a difference of shares, in percentage points."""
    return signed(interval, scale=100, digits=1)


def signed(interval: ConfidenceInterval, *, scale: float = 1, digits: int = 0) -> str:
    """As +4 (-3 to +11): a difference. A single run has no bounds."""
    estimate, low, high = (
        _with_sign(scale * each, digits) for each in (interval.estimate, interval.low, interval.high)
    )
    return f"{estimate} ({low} to {high})" if isfinite(interval.low) else estimate


def part(interval: ConfidenceInterval) -> str:
    """As 35 % (20 to 48 %): a part of something, which may be less than nothing."""
    return f"{100 * interval.estimate:.0f} % ({100 * interval.low:.0f} to {100 * interval.high:.0f} %)"


def _with_sign(number: float, digits: int) -> str:
    # With 0 added nothing is "-0".
    return f"{round(number, digits) + 0.0:+.{digits}f}"
