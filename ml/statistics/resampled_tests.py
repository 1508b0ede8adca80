"""Corrects tests and intervals over repeated splits of the same images, so that they hold for new images.

Nadeau-Bengio corrected resampled t-test (Nadeau and Bengio 2003, "Inference for the generalization error", eq. 9):
splits of the same images are not independent, so the variance of their mean is not s² / J for J splits, but
s² (1 / J + test_train_ratio).

test_train_ratio is always the number of tested images divided by the number of all other images, not by the number of
images trained on: it stands for how much two test parts overlap, and training on a subset only makes splits more
independent.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from ml.statistics.intervals import CONFIDENCE, ConfidenceInterval, wilson_interval


@dataclass(frozen=True, kw_only=True)
class TTest:
    """A mean with its 95 % interval, and the two-sided p-value of the hypothesis that the true mean is 0."""

    interval: ConfidenceInterval
    p_value: float


def corrected_resampled_t_test(
    by_split: NDArray[np.float64], by_image: NDArray[np.float64], *, test_train_ratio: float
) -> TTest:
    """Test whether a mean over splits differs from 0 (Nadeau-Bengio corrected resampled t-test).

    Splits of few images may agree by chance. So the variance is never below that of a mean over the images, each
    counted once.

    Args:
        by_split: the mean over the test images of each split; at least two splits.
        by_image: for each image, the mean over all splits that tested it.
    """
    from scipy.stats import t  # noqa: PLC0415  takes a second, and only comparing needs it

    mean = float(by_split.mean())
    share = variance_share(len(by_split), test_train_ratio=test_train_ratio)
    variance = max(share * float(by_split.var(ddof=1)), float(by_image.var()) / len(by_image))
    freedom = len(by_split) - 1
    if variance == 0:
        return TTest(interval=ConfidenceInterval(low=mean, estimate=mean, high=mean), p_value=float(mean == 0))
    error = sqrt(variance)
    reach = float(t.ppf((1 + CONFIDENCE) / 2, freedom)) * error
    return TTest(
        interval=ConfidenceInterval(low=mean - reach, estimate=mean, high=mean + reach),
        p_value=float(2 * t.sf(abs(mean) / error, freedom)),
    )


def accuracy_interval(
    by_split: NDArray[np.float64], by_image: NDArray[np.float64], *, test_train_ratio: float
) -> ConfidenceInterval:
    """Compute the interval of a mean accuracy over splits: within 0..1, never narrower than Wilson's interval.

    Args: by_split, by_image: as in `corrected_resampled_t_test`.
    """
    found = corrected_resampled_t_test(by_split, by_image, test_train_ratio=test_train_ratio).interval
    wilson = wilson_interval(found.estimate, len(by_image))
    return ConfidenceInterval(
        low=max(0.0, min(found.low, wilson.low)),
        estimate=found.estimate,
        high=min(1.0, max(found.high, wilson.high)),
    )


def corrected_resampled_interval(
    interval: ConfidenceInterval, *, runs: int, test_train_ratio: float
) -> ConfidenceInterval:
    """Widen a t-interval over runs that each split the same images again, so that it holds for new images.

    Do not use it for differences of strategies: most of their noise comes from the images that each run happens to
    pick, which the runs do not share.

    Args: interval: over this number of runs, as returned by `ml.statistics.intervals.t_interval`.
    """
    # Student's interval assumes the variance s² / J.
    factor = sqrt(variance_share(runs, test_train_ratio=test_train_ratio) * runs)
    return ConfidenceInterval(
        low=interval.estimate - factor * (interval.estimate - interval.low),
        estimate=interval.estimate,
        high=interval.estimate + factor * (interval.high - interval.estimate),
    )


def variance_share(splits: int, *, test_train_ratio: float) -> float:
    """Return the variance of a mean over splits as a multiple of the variance of one split, s²."""
    return 1 / splits + test_train_ratio
