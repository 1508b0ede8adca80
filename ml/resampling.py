"""How sure one can be of a mean over splits, whose training and test parts overlap."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.promotion import CERTAINTY, Interval


@dataclass(frozen=True, kw_only=True)
class MeanOverSplits:
    """A mean with its 95 % interval, and how likely so large a mean is where the truth is 0."""

    interval: Interval
    p_value: float


def accuracy_over_splits(
    by_split: NDArray[np.float64], by_image: NDArray[np.float64], *, tested_to_rest: float
) -> Interval:
    """As `mean_over_splits`, within 0..1 and no narrower than Wilson's interval of that many images.

    Wilson's is not nothing where all or none are right: ten out of ten leave more in doubt than a thousand.
    """
    found = mean_over_splits(by_split, by_image, tested_to_rest=tested_to_rest).interval
    low, high = _wilson(found.estimate, len(by_image))
    return Interval(low=max(0.0, min(found.low, low)), estimate=found.estimate, high=min(1.0, max(found.high, high)))


def mean_over_splits(
    by_split: NDArray[np.float64], by_image: NDArray[np.float64], *, tested_to_rest: float
) -> MeanOverSplits:
    """The corrected resampled t-test: Nadeau and Bengio 2003, "Inference for the generalization error", eq. 9.

    Splits of the same images are not independent, so that their variance is not divided by their number J but
    multiplied by 1/J + tested_to_rest. With few images the splits may agree by chance: the mean is never taken to be
    surer than that many images allow, each counted once.

    Args:
        by_split: the mean over each split's test images; at least two.
        by_image: the mean over all splits that tested it, for each image.
        tested_to_rest: how many images are tested for each that is not. Not for each trained on: the ratio stands for
            how much two test parts have in common, and training on a subset only makes splits more independent.
    """
    from scipy.stats import t  # noqa: PLC0415  takes a second, and only comparing needs it

    mean = float(by_split.mean())
    variance = max((1 / len(by_split) + tested_to_rest) * by_split.var(ddof=1), by_image.var() / len(by_image))
    freedom = len(by_split) - 1
    if variance == 0:
        return MeanOverSplits(interval=Interval(low=mean, estimate=mean, high=mean), p_value=float(mean == 0))
    error = float(np.sqrt(variance))
    reach = float(t.ppf((1 + CERTAINTY) / 2, freedom)) * error
    return MeanOverSplits(
        interval=Interval(low=mean - reach, estimate=mean, high=mean + reach),
        p_value=float(2 * t.sf(abs(mean) / error, freedom)),
    )


def _wilson(share: float, images: int) -> tuple[float, float]:
    """Wilson 1927; the share is a mean over repeats, so that it need not be of whole images."""
    from scipy.stats import norm  # noqa: PLC0415

    z = float(norm.ppf((1 + CERTAINTY) / 2))
    centre = (share + z**2 / (2 * images)) / (1 + z**2 / images)
    reach = z / (1 + z**2 / images) * np.sqrt(share * (1 - share) / images + z**2 / (4 * images**2))
    return centre - float(reach), centre + float(reach)
