"""Assigns images to the folds of a cross-validation."""

import numpy as np
from numpy.typing import NDArray

from ml.types import Rows, Targets

ALWAYS_TRAINED_ON = -1

# (images,) the fold of each image, from 0 on, or ALWAYS_TRAINED_ON.
Folds = NDArray[np.intp]


def stratified_folds(targets: Targets, order: Rows, *, number: int) -> Folds:
    """Assign rows to folds in turn, so that each fold has its share of every class (stratified k-fold).

    Args: order: rows in stratified order.
    Returns: (rows,); ALWAYS_TRAINED_ON if testing the image would leave one of its labels without training images.
    """
    folds = np.arange(len(order)) % number
    for has_label in targets[order].T:
        if len(np.unique(folds[has_label])) == 1:
            folds[has_label] = ALWAYS_TRAINED_ON
    return folds


def random_folds(images: int, *, number: int, seed: int) -> Folds:
    """Assign images to folds at random, without regard to class."""
    return np.asarray(np.random.default_rng(seed).permutation(images) % number, dtype=np.intp)
