"""Splits labeled images into training and test parts, again and again, the same for everything that is compared."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.cross_validation import by_labels, train_always_on_lone_labels
from ml.types import Targets

FOLDS = 5
# Up to here one deal of the cards decides too much, and another costs little.
FEW_IMAGES = 1_000
REPEATS_WITH_FEW, REPEATS_WITH_MANY = 3, 1


@dataclass(frozen=True, kw_only=True, eq=False)
class Split:
    """Rows to train on, in random order, and rows to test on; no row is in both."""

    train: NDArray[np.intp]
    test: NDArray[np.intp]


def repeated_splits(targets: Targets, *, repeats: int | None, seed: int) -> tuple[Split, ...]:
    """Cross-validation in five stratified folds, with the images dealt anew each time.

    Every image is tested once a repeat by a head that was not trained on it, but for the only image of a label, which
    always trains. Where there are many images one repeat is enough: five disjoint stratified hold-outs.

    Args: repeats: 3 or 1, depending on how many images there are, when None.
    """
    if repeats is None:
        repeats = REPEATS_WITH_FEW if len(targets) <= FEW_IMAGES else REPEATS_WITH_MANY
    generators = np.random.default_rng(seed).spawn(repeats)
    return tuple(split for rng in generators for split in _dealt(targets, rng))


def ratio_of_test_to_train(splits: Sequence[Split]) -> float:
    """Count images tested for each that is not, over all splits: a quarter with five folds."""
    tested = sum(len(split.test) for split in splits)
    return tested / sum(len(split.train) for split in splits)


def first_of_each_label(targets: Targets, rows: NDArray[np.intp], *, count: int) -> NDArray[np.intp]:
    """The first rows that give every label so many images, or all it has: more images contain fewer ones."""
    missing = np.full(targets.shape[1], count)
    chosen = []
    for row in rows:
        if (missing[targets[row]] > 0).any():
            chosen.append(row)
            missing -= targets[row]
    return np.array(chosen, dtype=np.intp)


def _dealt(targets: Targets, rng: np.random.Generator) -> list[Split]:
    order = by_labels(targets, rng.permutation(len(targets)))
    folds = np.arange(len(order)) % FOLDS
    train_always_on_lone_labels(folds, targets[order])
    places = rng.permutation(len(order))
    tested = [fold for fold in range(FOLDS) if (folds == fold).any()]
    return [_split(order[places], folds[places], fold) for fold in tested]


def _split(rows: NDArray[np.intp], folds: NDArray[np.intp], fold: int) -> Split:
    return Split(train=rows[folds != fold], test=np.sort(rows[folds == fold]))
