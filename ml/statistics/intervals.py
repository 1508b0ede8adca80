"""Computes 95 % confidence intervals: of a mean over independent runs, and of a proportion of images."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.95
# A gain of fewer standard errors may be chance, above all if it is the best of several.
CLEAR_STANDARD_ERRORS = 2.0


@dataclass(frozen=True, kw_only=True)
class ConfidenceInterval:
    """An estimate with its 95 % confidence bounds."""

    low: float
    estimate: float
    high: float

    @property
    def bounds(self) -> tuple[float, float]:
        """Low and high, for callers that store the estimate elsewhere."""
        return self.low, self.high


def t_interval(values: Sequence[float] | NDArray[np.float64]) -> ConfidenceInterval:
    """Compute Student's t-interval of a mean over runs; infinite in both directions for a single run.

    It holds for other runs on the same images, not for new images: repeated splits of the same images overlap, so it
    is too narrow there. `ml.statistics.resampled_tests` corrects for that.

    Args: values: one per run, at least one.
    """
    from scipy.stats import t  # noqa: PLC0415  takes a second, and only comparing needs it

    runs = np.asarray(values, dtype=np.float64)
    mean = float(runs.mean())
    if len(runs) == 1:
        return ConfidenceInterval(low=-np.inf, estimate=mean, high=np.inf)
    reach = float(t.ppf((1 + CONFIDENCE) / 2, len(runs) - 1)) * standard_error(runs)
    return ConfidenceInterval(low=mean - reach, estimate=mean, high=mean + reach)


def wilson_interval(share: float, images: int) -> ConfidenceInterval:
    """Compute Wilson's score interval of a proportion (Wilson 1927).

    It has a width even if all images or none are right: ten out of ten prove less than a thousand out of a thousand.

    Args: share: of the images, in 0..1; need not be a whole number of images, as in a mean over repeats.
    """
    from scipy.special import ndtri  # noqa: PLC0415  takes a while, and only evaluating needs it

    z = float(ndtri((1 + CONFIDENCE) / 2))
    denominator = 2 * (images + z**2)
    centre = (2 * images * share + z**2) / denominator
    reach = z / denominator * sqrt(4 * images * share * (1 - share) + z**2)
    # If all or none are right, the bound is exactly 1 or 0, which rounding would miss.
    return ConfidenceInterval(
        low=centre - reach if share > 0 else 0.0, estimate=share, high=centre + reach if share < 1 else 1.0
    )


def standard_error(values: NDArray[np.float64]) -> float:
    """Compute the standard error of the mean of independent values, at least two (sample deviation with n - 1)."""
    return float(values.std(ddof=1)) / sqrt(len(values))


def is_clearly_positive(gains: NDArray[np.float64]) -> bool:
    """Check whether a mean gain is above zero by more than two standard errors. Args: gains: one per image."""
    return bool(gains.mean() > CLEAR_STANDARD_ERRORS * standard_error(gains))
