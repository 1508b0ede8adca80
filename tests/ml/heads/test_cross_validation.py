"""Tests the assignment of training images to folds, and the choice of a hyperparameter."""

import numpy as np

from ml.heads.cross_validation import MAX_IMAGES, assign_folds, select_hyperparameter
from ml.heads.linear.regularisation import CS
from ml.heads.linear.softmax_regression import fit_softmax_path
from ml.labels.label_mode import SINGLE_LABEL
from ml.splits.folds import ALWAYS_TRAINED_ON
from tests.ml.clouds import cloud


def test_each_fold_has_its_share_of_every_class() -> None:
    targets = cloud(50, 25, 10).targets

    rows, folds = assign_folds(targets, seed=0)

    per_fold = np.array([targets[rows][folds == fold].sum(axis=0) for fold in range(5)])
    assert (per_fold == [10, 5, 2]).all()


def test_every_class_can_be_trained_without_any_one_fold() -> None:
    targets = cloud(9, 2, 1).targets

    rows, folds = assign_folds(targets, seed=0)

    assert all(targets[rows][folds != fold].any(axis=0).all() for fold in range(5))
    assert (folds[targets[rows][:, 2]] == ALWAYS_TRAINED_ON).all()


def test_folds_depend_on_the_seed_alone() -> None:
    targets = cloud(20, 20).targets

    first, again, other = (assign_folds(targets, seed=seed)[0] for seed in (1, 1, 2))

    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_many_images_are_replaced_by_a_stratified_part_of_them() -> None:
    targets = cloud(8_000, 2_000).targets

    rows, _ = assign_folds(targets, seed=0)

    assert len(set(rows.tolist())) == MAX_IMAGES
    assert abs(targets[rows].mean(axis=0)[0] - 0.8) < 0.001


def test_too_few_images_choose_nothing() -> None:
    few = cloud(9, 10)

    assert select_hyperparameter(fit_softmax_path, CS, few.embeddings, few.targets, mode=SINGLE_LABEL, seed=0) is None


def test_noise_without_any_pattern_chooses_the_strongest_regularisation() -> None:
    noise = cloud(30, 30, noise=1_000)

    chosen = select_hyperparameter(fit_softmax_path, CS, noise.embeddings, noise.targets, mode=SINGLE_LABEL, seed=0)

    assert chosen is not None
    assert chosen.index == 0
