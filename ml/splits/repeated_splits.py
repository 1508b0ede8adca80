"""Repeated stratified cross-validation: training and test parts that are the same for everything that is compared."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ml.splits.folds import Folds, stratified_folds
from ml.splits.stratified import label_sets_of, stratified_order
from ml.types import Rows, Targets

TEST_FOLDS = 5
# Up to here one deal of the cards decides too much, and another costs little.
MOST_IMAGES_TO_REPEAT = 1_000
REPEATS_OF_FEW, REPEATS_OF_MANY = 3, 1


@dataclass(frozen=True, kw_only=True, eq=False)
class TrainTestSplit:
    """Rows to train on, in random order, and rows to test on; no row is in both."""

    train: Rows
    test: Rows


def repeated_splits(targets: Targets, *, repeats: int | None, seed: int) -> tuple[TrainTestSplit, ...]:
    """Split by cross-validation in five stratified folds, with the images dealt anew each time.

    Every image is tested once a repeat by a head that was not trained on it, but for the only image of a label, which
    always trains. Where there are many images one repeat is enough: five disjoint stratified hold-outs.

    Args: repeats: 3 or 1, depending on how many images there are, when None.
    """
    if repeats is None:
        repeats = REPEATS_OF_FEW if len(targets) <= MOST_IMAGES_TO_REPEAT else REPEATS_OF_MANY
    generators = np.random.default_rng(seed).spawn(repeats)
    return tuple(split for rng in generators for split in _splits(targets, rng))


def ratio_of_test_to_train(splits: Sequence[TrainTestSplit]) -> float:
    """Count images tested for each that is not, over all splits: a quarter with five folds."""
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
