"""What was measured of each tested image, put together by split and by image, and compared pair by pair."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.repeated_splits import Split, ratio_of_tested
from ml.resampling import MeanOverSplits, mean_over_splits


@dataclass(frozen=True, kw_only=True, eq=False)
class Tested:
    """One figure of everything that was tested. by_split: (splits,) means; by_image: (images,) means over repeats."""

    by_split: NDArray[np.float64]
    by_image: NDArray[np.float64]


def tested(values: Sequence[NDArray[np.generic]], splits: Sequence[Split]) -> Tested:
    """Of the same splits, images are in the same order.

    Args: values: for each split, one for each of its test images, in the order of its rows.
    """
    places = np.unique(np.concatenate([split.test for split in splits]), return_inverse=True)[1]
    sums = np.bincount(places, weights=np.concatenate(values))
    return Tested(
        by_split=np.array([each.astype(np.float64).mean() for each in values]),
        by_image=sums / np.bincount(places),
    )


def mean_difference(one: Tested, other: Tested, splits: Sequence[Split]) -> MeanOverSplits:
    """How much larger the first one is, on the same images of the same splits."""
    return mean_over_splits(
        one.by_split - other.by_split, one.by_image - other.by_image, tested_to_rest=ratio_of_tested(splits)
    )
