"""Repeated stratified k-fold cross-validation, the same splits for everything that is compared."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ml.splits.folds import Folds, stratified_folds
from ml.splits.stratified import label_sets_of, stratified_order
from ml.types import Rows, Targets

TEST_FOLDS = 5
# With so few images a single random split decides too much, and repeating it costs little.
MOST_IMAGES_TO_REPEAT = 1_000
REPEATS_OF_FEW, REPEATS_OF_MANY = 3, 1


@dataclass(frozen=True, kw_only=True, eq=False)
class TrainTestSplit:
    """Rows to train on, in random order, and rows to test on; no row is in both."""

    train: Rows
    test: Rows


def repeated_splits(targets: Targets, *, repeats: int | None, seed: int) -> tuple[TrainTestSplit, ...]:
    """Split the images by repeated stratified 5-fold cross-validation, shuffled again for each repeat.

    Each repeat tests every image once; the only image of a label is always trained on. With many images one repeat is
    enough: five disjoint stratified test sets.

    Args: repeats: None is 3 up to `MOST_IMAGES_TO_REPEAT` images, else 1.
    """
    if repeats is None:
        repeats = REPEATS_OF_FEW if len(targets) <= MOST_IMAGES_TO_REPEAT else REPEATS_OF_MANY
    generators = np.random.default_rng(seed).spawn(repeats)
    return tuple(split for rng in generators for split in _splits(targets, rng))


def ratio_of_test_to_train(splits: Sequence[TrainTestSplit]) -> float:
    """Return the number of tested images divided by the number of all others, over all splits: 1/4 with five folds."""
    tested = sum(len(split.test) for split in splits)
    return tested / sum(len(split.train) for split in splits)


def _splits(targets: Targets, rng: np.random.Generator) -> list[TrainTestSplit]:
    order = stratified_order(label_sets_of(targets), rng.permutation(len(targets)))
    folds = stratified_folds(targets, order, number=TEST_FOLDS)
    places = rng.permutation(len(order))
    tested = [fold for fold in range(TEST_FOLDS) if (folds == fold).any()]
    return [_split(order[places], folds[places], fold) for fold in tested]


def _split(rows: Rows, folds: Folds, fold: int) -> TrainTestSplit:
    return TrainTestSplit(train=rows[folds != fold], test=np.sort(rows[folds == fold]))
