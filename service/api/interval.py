"""Confidence intervals as the /v1 routes send them."""

from typing import Self

from pydantic import BaseModel

from ml.statistics.intervals import ConfidenceInterval


class ConfidenceIntervalView(BaseModel):
    """An estimate with its 95 % confidence bounds."""

    low: float
    estimate: float
    high: float

    @classmethod
    def from_interval(cls, interval: ConfidenceInterval) -> Self:
        """Make the view of the interval."""
        return cls(low=interval.low, estimate=interval.estimate, high=interval.high)

    def to_interval(self) -> ConfidenceInterval:
        """Give back the interval."""
        return ConfidenceInterval(low=self.low, estimate=self.estimate, high=self.high)
