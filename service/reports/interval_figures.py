"""Turns an interval into three figures: the estimate and its bounds, in separate columns."""

from math import isfinite

from ml.statistics.intervals import ConfidenceInterval
from service.reports.report import Figure


def interval_figures(name: str, interval: ConfidenceInterval | None) -> dict[str, Figure]:
    """Return the figures by column: `name`, `name_low` and `name_high`; a single run has no bounds."""
    is_bounded = interval is not None and isfinite(interval.low) and isfinite(interval.high)
    return {
        name: None if interval is None else interval.estimate,
        f"{name}_low": interval.low if interval is not None and is_bounded else None,
        f"{name}_high": interval.high if interval is not None and is_bounded else None,
    }
