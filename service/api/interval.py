"""Confidence intervals as the /v1 routes send them."""

from pydantic import BaseModel

from ml.statistics.intervals import ConfidenceInterval


class ConfidenceIntervalView(BaseModel):
    """An estimate with its 95 % confidence bounds."""

    low: float
    estimate: float
    high: float


def interval_view(interval: ConfidenceInterval) -> ConfidenceIntervalView:
    """Show an interval."""
    return ConfidenceIntervalView(low=interval.low, estimate=interval.estimate, high=interval.high)


def interval_or_none_view(interval: ConfidenceInterval | None) -> ConfidenceIntervalView | None:
    """Show an interval where there is one."""
    return None if interval is None else interval_view(interval)


def read_interval(view: ConfidenceIntervalView) -> ConfidenceInterval:
    """Turn what was shown into the interval again."""
    return ConfidenceInterval(low=view.low, estimate=view.estimate, high=view.high)


def read_interval_or_none(view: ConfidenceIntervalView | None) -> ConfidenceInterval | None:
    """Turn what was shown, if anything, into the interval again."""
    return None if view is None else read_interval(view)
