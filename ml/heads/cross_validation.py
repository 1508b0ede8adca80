"""Chooses a head's setting by how well heads do on training images that they have not seen."""

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
# One head per setting, trained on the same images.
HeadsAlongPath = Callable[[Embeddings, Targets, Sequence[Hyperparameter]], Sequence[Head]]

FOLDS, FOLDS_OF_MANY = 5, 3
# From here on a fold less matters less than the time it takes.
MANY_IMAGES = 1_000
# More images than this make the choice slower, not better.
MAX_IMAGES = 3_000
# With fewer images to judge by, the choice would follow noise.
MIN_JUDGED_IMAGES = 20


@dataclass(frozen=True, kw_only=True)
class ChosenHyperparameter:
    """The place of the chosen setting in the list, with the out-of-fold logits that speak for it."""

    index: int
    out_of_fold: OutOfFold


def train_judged(
    train: Callable[[Embeddings, Targets], Head],
    embeddings: Embeddings,
    targets: Targets,
    *,
    mode: LabelMode,
    seed: int,
) -> TrainedHead:
    """A head trained on everything, with out-of-fold logits by heads trained the same way, where there are enough."""

    def train_one(embeddings: Embeddings, targets: Targets, _settings: Sequence[None]) -> Sequence[Head]:
        return [train(embeddings, targets)]

    judged = select_hyperparameter(train_one, (None,), embeddings, targets, mode=mode, seed=seed)
    return TrainedHead(head=train(embeddings, targets), out_of_fold=None if judged is None else judged.out_of_fold)


def select_hyperparameter(
    train: HeadsAlongPath[Hyperparameter],
    settings: Sequence[Hyperparameter],
    embeddings: Embeddings,
    targets: Targets,
    *,
    mode: LabelMode,
    seed: int,
) -> ChosenHyperparameter | None:
    """The setting with the least out-of-fold log-loss after temperature, or None when there are too few labels.

    The temperature comes first because it is fitted anyway: a setting that is right but too sure is no worse for it.
    """
    unseen = out_of_fold(train, settings, embeddings, targets, seed=seed)
    return None if unseen is None else best_of(unseen, mode=mode)


def out_of_fold(
    train: HeadsAlongPath[Hyperparameter],
    settings: Sequence[Hyperparameter],
    embeddings: Embeddings,
    targets: Targets,
    *,
    seed: int,
) -> list[OutOfFold] | None:
    """What heads of each setting say of the same unseen images, or None when there are too few to judge by."""
    rows, folds = assign_folds(targets, seed=seed)
    judged = folds != ALWAYS_TRAINED_ON
    if judged.sum() < MIN_JUDGED_IMAGES:
        return None
    logits = _out_of_fold_logits(train, settings, embeddings[rows], targets[rows], folds)
    truth = targets[rows][judged]
    return [OutOfFold(logits=each[judged], targets=truth) for each in logits]


def best_of(unseen: Iterable[OutOfFold], *, mode: LabelMode) -> ChosenHyperparameter:
    """The one of least log-loss after temperature, the first of equals; no more than two are kept at a time."""
    least, best = math.inf, None
    for index, each in enumerate(unseen):
        loss = _calibrated_loss(each.logits, each.targets, mode=mode)
        if best is None or loss < least:
            least, best = loss, ChosenHyperparameter(index=index, out_of_fold=each)
    if best is None:
        raise ValueError("there is nothing to choose from")
    return best


def assign_folds(targets: Targets, *, seed: int) -> tuple[Rows, Folds]:
    """Deal the images to stratified folds.

    Returns: rows of `targets`, at most MAX_IMAGES of them, and the fold of each, as of `stratified_folds`.
    """
    rows = stratified_sample(targets, most=MAX_IMAGES, seed=seed)
    return rows, stratified_folds(targets, rows, number=FOLDS if len(rows) < MANY_IMAGES else FOLDS_OF_MANY)


def _out_of_fold_logits(
    train: HeadsAlongPath[Hyperparameter],
    settings: Sequence[Hyperparameter],
    embeddings: Embeddings,
    targets: Targets,
    folds: Folds,
) -> list[Logits]:
    logits = [np.full(targets.shape, np.nan) for _ in settings]
    for fold in range(folds.max() + 1):
        seen = folds != fold
        for each, head in zip(logits, train(embeddings[seen], targets[seen], settings), strict=True):
            each[~seen] = head.logits(embeddings[~seen])
    return logits


def _calibrated_loss(logits: Logits, targets: Targets, *, mode: LabelMode) -> float:
    temperature = fit_temperature(logits, targets, mode=mode)
    return mean_log_loss(logits, targets, temperature=temperature, mode=mode)
