"""Stratified order, samples and holdouts: each part has its share of each class."""

import numpy as np
from numpy.typing import NDArray

from ml.types import Rows, Targets


def stratified_order(strata: NDArray[np.integer], rows: Rows) -> Rows:
    """Sort rows by stratum and keep their order within each, so that every n-th row gives each stratum its share.

    Args: strata: (images,) the class, or the set of labels, of each image.
    """
    return rows[np.argsort(strata[rows], kind="stable")]


def label_sets_of(targets: Targets) -> NDArray[np.intp]:
    """Number the distinct sets of labels. Returns: (images,), equal for images with the same labels."""
    return np.asarray(np.unique(targets, axis=0, return_inverse=True)[1].ravel(), dtype=np.intp)


def stratified_sample(targets: Targets, *, most: int, seed: int) -> Rows:
    """Draw a stratified random sample of at most this many images: each set of labels gets its share.

    Returns: rows in stratified order.
    """
    order = stratified_order(label_sets_of(targets), np.random.default_rng(seed).permutation(len(targets)))
    return order[np.linspace(0, len(order) - 1, min(len(order), most)).astype(np.intp)]


def first_of_each_label(targets: Targets, rows: Rows, *, count: int) -> Rows:
    """Take the first rows that give each label this many images, or all it has; a larger count extends a smaller."""
    missing = np.full(targets.shape[1], count)
    chosen = []
    for row in rows:
        if (missing[targets[row]] > 0).any():
            chosen.append(row)
            missing -= targets[row]
    return np.array(chosen, dtype=np.intp)


def hold_out_share(targets: Targets, share: float, *, rng: np.random.Generator) -> Rows:
    """Hold out a random share of each class: at least one image but never all, so none of a class with one image.

    Args: targets: one label per image; share: in 0..1.
    """
    parts = []
    for of_class in targets.T:
        rows = rng.permutation(np.flatnonzero(of_class))
        held_out = min(max(round(share * len(rows)), 1), len(rows) - 1)
        parts.append(rows[: max(held_out, 0)])
    return np.asarray(np.concatenate(parts), dtype=np.intp)


def hold_out_every_nth(classes: NDArray[np.int64], shuffled: Rows, *, n: int) -> NDArray[np.bool_]:
    """Hold out one image in n, of each class its share to within one image, but never the only image of a class.

    `hold_out_share` takes at least one image of every class, however rare: that may be far more than one in n.

    Args: classes: (images,); shuffled: all rows in random order.
    Returns: (images,) whether each is held out.
    """
    held_out = np.zeros(len(classes), dtype=np.bool_)
    held_out[stratified_order(classes, shuffled)[n - 1 :: n]] = True
    return held_out & (np.bincount(classes)[classes] > 1)
