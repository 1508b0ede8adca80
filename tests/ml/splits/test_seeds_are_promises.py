"""A seed gives the same split in every release: holdouts are stored, and old results are compared with new ones.

The digests were recorded before these splits had a package of their own.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from ml.heads.cross_validation import assign_folds
from ml.heads.gradient.gradient_descent import hold_out
from ml.simulation.replay import labeling_split
from ml.splits.folds import random_folds
from ml.splits.holdout import assign_holdout, rarest_labels
from ml.splits.repeated_splits import repeated_splits
from ml.splits.stratified import first_of_each_label
from ml.types import Targets

Parts = Sequence[NDArray[Any]]
SplitOf = Callable[[Targets, int], Parts]

ONE_LABEL = np.eye(4, dtype=bool)[np.random.default_rng(0).permutation(np.repeat(np.arange(4), (3, 50, 7, 13)))]
SEVERAL_LABELS = np.random.default_rng(0).random((90, 4)) < np.array([0.5, 0.3, 0.1, 0.02])


def by_cross_validation(targets: Targets, seed: int) -> Parts:
    return assign_folds(targets, seed=seed)


def by_repeated_cross_validation(targets: Targets, seed: int) -> Parts:
    return [rows for split in repeated_splits(targets, repeats=None, seed=seed) for rows in (split.train, split.test)]


def by_labeling(targets: Targets, seed: int) -> Parts:
    found = labeling_split(targets, labels_per_class=2, test_share=0.3, rng=np.random.default_rng(seed))
    return [found.initial, found.pool, found.test]


def by_training(targets: Targets, seed: int) -> Parts:
    classes = torch.from_numpy(targets.argmax(axis=1))
    return [hold_out(classes, torch.Generator().manual_seed(seed)).numpy()]


def for_ever(targets: Targets, seed: int) -> Parts:
    labels = {str(row): [str(label) for label in np.flatnonzero(of_row)] for row, of_row in enumerate(targets)}
    held_out = assign_holdout(rarest_labels(labels), {}, seed=seed)
    return [np.array([held_out[row] for row in labels])]


def by_subset(targets: Targets, seed: int) -> Parts:
    return [first_of_each_label(targets, np.random.default_rng(seed).permutation(len(targets)), count=3)]


def by_random_folds(targets: Targets, seed: int) -> Parts:
    return [random_folds(len(targets), number=5, seed=seed)]


SPLITS: list[tuple[SplitOf, Targets, str]] = [
    (by_cross_validation, ONE_LABEL, "bce69cf5bdb1"),
    (by_cross_validation, SEVERAL_LABELS, "797b7adbda0b"),
    (by_repeated_cross_validation, ONE_LABEL, "9317b2a9bf1f"),
    (by_repeated_cross_validation, SEVERAL_LABELS, "b166696257d4"),
    (by_labeling, ONE_LABEL, "0efbd0a44228"),
    (by_training, ONE_LABEL, "e4ff31e87384"),
    (for_ever, ONE_LABEL, "aa793917d444"),
    (for_ever, SEVERAL_LABELS, "86d462b1b105"),
    (by_subset, ONE_LABEL, "e7532aecbf09"),
    (by_subset, SEVERAL_LABELS, "ba79c0a62fb6"),
    (by_random_folds, ONE_LABEL, "8443f0693be0"),
]


def digest_of(parts: Parts) -> str:
    return sha256(b"|".join(part.astype(np.int64).tobytes() for part in parts)).hexdigest()[:12]


@pytest.mark.parametrize(("split", "targets", "digest"), SPLITS)
def test_split_is_the_one_it_always_was(split: SplitOf, targets: Targets, digest: str) -> None:
    assert digest_of(split(targets, 7)) == digest
