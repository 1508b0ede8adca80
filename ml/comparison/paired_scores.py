"""Averages the scores of all test images by split and by image, for paired comparisons of two classifiers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.splits.repeated_splits import TrainTestSplit, ratio_of_test_to_train
from ml.statistics.resampled_tests import TTest, corrected_resampled_t_test


@dataclass(frozen=True, kw_only=True, eq=False)
class PairedScores:
    """Averages of one score of a classifier: by_split: (splits,) means; by_image: (images,) means over repeats."""

    by_split: NDArray[np.float64]
    by_image: NDArray[np.float64]


def paired_scores(values: Sequence[NDArray[np.generic]], splits: Sequence[TrainTestSplit]) -> PairedScores:
    """Average scores by split and by image; the same splits give the same order of images.

    Args: values: for each split the scores of its test images, in the order of its rows.
    """
    places = np.unique(np.concatenate([split.test for split in splits]), return_inverse=True)[1]
    sums = np.bincount(places, weights=np.concatenate(values))
    return PairedScores(
        by_split=np.array([each.astype(np.float64).mean() for each in values]),
        by_image=sums / np.bincount(places),
    )


def mean_difference(one: PairedScores, other: PairedScores, splits: Sequence[TrainTestSplit]) -> TTest:
    """Test whether the first score is larger than the other, paired by split and image."""
    return corrected_resampled_t_test(
        one.by_split - other.by_split, one.by_image - other.by_image, test_train_ratio=ratio_of_test_to_train(splits)
    )
