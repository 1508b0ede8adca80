"""Chooses a head's hyperparameter by stratified k-fold cross-validation on the training images."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from ml.calibration.temperature import fit_temperature, mean_log_loss
from ml.heads.base import Head, TrainedHead
from ml.labels.label_mode import LabelMode
from ml.splits.folds import ALWAYS_TRAINED_ON, Folds, stratified_folds
from ml.splits.stratified import stratified_sample
from ml.types import Embeddings, Logits, OutOfFold, Rows, Targets

Hyperparameter = TypeVar("Hyperparameter")
# Trains one head per value of the hyperparameter, all on the same images.
HeadsAlongPath = Callable[[Embeddings, Targets, Sequence[Hyperparameter]], Sequence[Head]]

FOLDS, FOLDS_OF_MANY = 5, 3
# From here on fewer folds are enough, and each fold takes time.
MANY_IMAGES = 1_000
# More images than this make the choice slower, not better.
MAX_IMAGES = 3_000
# With fewer out-of-fold images the choice would follow noise.
MIN_OUT_OF_FOLD_IMAGES = 20


@dataclass(frozen=True, kw_only=True)
class ChosenHyperparameter:
    """The index of the chosen value, with the out-of-fold logits that it was chosen by."""

    index: int
    out_of_fold: OutOfFold


def train_cross_validated(
    train: Callable[[Embeddings, Targets], Head],
    embeddings: Embeddings,
    targets: Targets,
    *,
    mode: LabelMode,
    seed: int,
) -> TrainedHead:
    """Train a head on all images, and get out-of-fold logits from heads trained the same way on the folds.

    out_of_fold is None if there are too few images.
    """

    def train_one(embeddings: Embeddings, targets: Targets, _values: Sequence[None]) -> Sequence[Head]:
        return [train(embeddings, targets)]

    chosen = select_hyperparameter(train_one, (None,), embeddings, targets, mode=mode, seed=seed)
    return TrainedHead(head=train(embeddings, targets), out_of_fold=None if chosen is None else chosen.out_of_fold)


def select_hyperparameter(
    train: HeadsAlongPath[Hyperparameter],
    values: Sequence[Hyperparameter],
    embeddings: Embeddings,
    targets: Targets,
    *,
    mode: LabelMode,
    seed: int,
) -> ChosenHyperparameter | None:
    """Choose the value with the least out-of-fold log-loss after temperature scaling; None if there are too few labels.

    The temperature is fitted before values are compared, because it is fitted later anyway: a value whose heads are
    accurate but overconfident is then not put at a disadvantage.
    """
    unseen = out_of_fold(train, values, embeddings, targets, seed=seed)
    return None if unseen is None else best_of(unseen, mode=mode)


def out_of_fold(
    train: HeadsAlongPath[Hyperparameter],
    values: Sequence[Hyperparameter],
    embeddings: Embeddings,
    targets: Targets,
    *,
    seed: int,
) -> list[OutOfFold] | None:
    """Return the out-of-fold logits of each value, on the same images; None if there are too few images."""
    rows, folds = assign_folds(targets, seed=seed)
    has_fold = folds != ALWAYS_TRAINED_ON
    if has_fold.sum() < MIN_OUT_OF_FOLD_IMAGES:
        return None
    logits = _out_of_fold_logits(train, values, embeddings[rows], targets[rows], folds)
    truth = targets[rows][has_fold]
    return [OutOfFold(logits=each[has_fold], targets=truth) for each in logits]


def best_of(unseen: Iterable[OutOfFold], *, mode: LabelMode) -> ChosenHyperparameter:
    """Choose the least log-loss after temperature scaling, the first of equals; keeps at most two in memory."""
    least, best = math.inf, None
    for index, each in enumerate(unseen):
        loss = _calibrated_loss(each.logits, each.targets, mode=mode)
        if best is None or loss < least:
            least, best = loss, ChosenHyperparameter(index=index, out_of_fold=each)
    if best is None:
        raise ValueError("there is nothing to choose from")
    return best


def assign_folds(targets: Targets, *, seed: int) -> tuple[Rows, Folds]:
    """Assign the images to stratified folds.

    Returns: at most MAX_IMAGES rows of `targets`, and the fold of each, see `stratified_folds`.
    """
    rows = stratified_sample(targets, most=MAX_IMAGES, seed=seed)
    return rows, stratified_folds(targets, rows, number=FOLDS if len(rows) < MANY_IMAGES else FOLDS_OF_MANY)


def _out_of_fold_logits(
    train: HeadsAlongPath[Hyperparameter],
    values: Sequence[Hyperparameter],
    embeddings: Embeddings,
    targets: Targets,
    folds: Folds,
) -> list[Logits]:
    logits = [np.full(targets.shape, np.nan) for _ in values]
    for fold in range(folds.max() + 1):
        seen = folds != fold
        for each, head in zip(logits, train(embeddings[seen], targets[seen], values), strict=True):
            each[~seen] = head.logits(embeddings[~seen])
    return logits


def _calibrated_loss(logits: Logits, targets: Targets, *, mode: LabelMode) -> float:
    temperature = fit_temperature(logits, targets, mode=mode)
    return mean_log_loss(logits, targets, temperature=temperature, mode=mode)
