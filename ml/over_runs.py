"""How sure one can be of a mean over repeated runs of the same experiment."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ml.promotion import CERTAINTY, Interval


def mean_over_runs(values: Sequence[float] | NDArray[np.float64]) -> Interval:
    """Student's t-interval of 95 %; endless both ways with a single run, which says nothing of the next.

    It is about other runs on the same images, not about other images: runs that deal the same images anew overlap, so
    that it is too narrow for what another collection of images would give.

    Args: values: one of each run, at least one.
    """
    from scipy.stats import t  # noqa: PLC0415  takes a second, and only comparing needs it

    runs = np.asarray(values, dtype=np.float64)
    mean = float(runs.mean())
    if len(runs) == 1:
        return Interval(low=-np.inf, estimate=mean, high=np.inf)
    reach = float(t.ppf((1 + CERTAINTY) / 2, len(runs) - 1)) * float(runs.std(ddof=1)) / np.sqrt(len(runs))
    return Interval(low=float(mean - reach), estimate=mean, high=float(mean + reach))
