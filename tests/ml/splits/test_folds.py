"""Assignment of images to folds."""

import numpy as np

from ml.splits.folds import ALWAYS_TRAINED_ON, random_folds, stratified_folds
from tests.ml.clouds import cloud


def test_each_fold_has_its_share_of_each_class_but_of_an_only_image() -> None:
    targets = cloud(10, 5, 1).targets

    folds = stratified_folds(targets, np.arange(16), number=5)

    assert [targets[folds == fold].sum(axis=0).tolist() for fold in range(5)] == [[2, 1, 0]] * 5
    assert folds[15] == ALWAYS_TRAINED_ON


def test_random_folds_are_of_nearly_one_size_and_mixed() -> None:
    folds = random_folds(52, number=5, seed=0)

    assert np.bincount(folds).tolist() == [11, 11, 10, 10, 10]
    assert (np.diff(folds) < 0).sum() > 10
