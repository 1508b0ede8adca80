"""Puts labeled images in order of their labels, so that parts of the order have their share of each class."""

import numpy as np
from numpy.typing import NDArray

from ml.types import Rows, Targets


def stratified_order(strata: NDArray[np.integer], rows: Rows) -> Rows:
    """Sort the rows by stratum and keep their order within each: dealt out like cards, each hand has its share of all.

    Args: strata: (images,) the class, or the set of labels, of each image.
    """
    return rows[np.argsort(strata[rows], kind="stable")]


def label_sets_of(targets: Targets) -> NDArray[np.intp]:
    """Number the different sets of labels. Returns: (images,), the same for images of the same labels."""
    return np.asarray(np.unique(targets, axis=0, return_inverse=True)[1].ravel(), dtype=np.intp)


def stratified_sample(targets: Targets, *, most: int, seed: int) -> Rows:
    """Draw so many images at random, of each set of labels its share, or all where there are fewer.

    Returns: rows in stratified order.
    """
    order = stratified_order(label_sets_of(targets), np.random.default_rng(seed).permutation(len(targets)))
    return order[np.linspace(0, len(order) - 1, min(len(order), most)).astype(np.intp)]


def first_of_each_label(targets: Targets, rows: Rows, *, count: int) -> Rows:
    """The first rows that give every label so many images, or all it has: more images contain fewer ones."""
    missing = np.full(targets.shape[1], count)
    chosen = []
    for row in rows:
        if (missing[targets[row]] > 0).any():
            chosen.append(row)
            missing -= targets[row]
    return np.array(chosen, dtype=np.intp)


def hold_out_share(targets: Targets, share: float, *, rng: np.random.Generator) -> Rows:
    """Draw a share of each class, at least one image, but never all: a class of one image is not held out.

    Args: targets: one label an image; share: in 0..1.
    """
    parts = []
    for of_class in targets.T:
        rows = rng.permutation(np.flatnonzero(of_class))
        held_out = min(max(round(share * len(rows)), 1), len(rows) - 1)
        parts.append(rows[: max(held_out, 0)])
    return np.asarray(np.concatenate(parts), dtype=np.intp)


def hold_out_every_nth(classes: NDArray[np.int64], shuffled: Rows, *, n: int) -> NDArray[np.bool_]:
    """Hold out one image in n of all, of each class its share to within one image, but never a class's only image.

    Not `hold_out_share`, which takes one of every class however rare: that may be far more than one in n.

    Args: classes: (images,); shuffled: all rows in random order.
    Returns: (images,) whether each is held out.
    """
    held_out = np.zeros(len(classes), dtype=np.bool_)
    held_out[stratified_order(classes, shuffled)[n - 1 :: n]] = True
    return held_out & (np.bincount(classes)[classes] > 1)
