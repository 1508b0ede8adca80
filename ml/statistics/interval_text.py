"""Formats confidence intervals, the same way in every sentence and table."""

from math import isfinite

from ml.statistics.intervals import ConfidenceInterval


def percent(interval: ConfidenceInterval) -> str:
    """Format a share, like "93.4 % (92.1-94.6)"; bounds are clipped to 0..100, a single run has none."""
    low, high = 100 * max(interval.low, 0.0), 100 * min(interval.high, 1.0)
    bounds = f" ({low:.1f}-{high:.1f})" if isfinite(interval.low) else ""
    return f"{100 * interval.estimate:.1f} %{bounds}"


def points(interval: ConfidenceInterval) -> str:
    """Format a difference of shares in percentage points, like "+0.4 (-0.3 to +1.1)"."""
    return signed(interval, scale=100, digits=1)


def signed(interval: ConfidenceInterval, *, scale: float = 1, digits: int = 0) -> str:
    """Format a difference, like "+4 (-3 to +11)"; a single run has no bounds."""
    estimate, low, high = (
        _with_sign(scale * each, digits) for each in (interval.estimate, interval.low, interval.high)
    )
    return f"{estimate} ({low} to {high})" if isfinite(interval.low) else estimate


def part(interval: ConfidenceInterval) -> str:
    """Format a fraction that may be negative, like "35 % (20 to 48 %)"."""
    return f"{100 * interval.estimate:.0f} % ({100 * interval.low:.0f} to {100 * interval.high:.0f} %)"


def _with_sign(number: float, digits: int) -> str:
    # Adding 0 turns -0 into 0.
    return f"{round(number, digits) + 0.0:+.{digits}f}"
