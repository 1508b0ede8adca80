"""Stratified orders, samples and holdouts."""

import numpy as np
import pytest

from ml.splits.stratified import hold_out_every_nth, hold_out_share, stratified_sample
from tests.ml.clouds import cloud


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_a_sample_has_its_share_of_each_class() -> None:
    targets = cloud(100, 50, 50).targets

    sample = stratified_sample(targets, most=40, seed=0)

    assert targets[sample].sum(axis=0).tolist() == [20, 10, 10]
    assert len(set(sample.tolist())) == 40


def test_a_sample_of_fewer_images_than_wanted_is_all_of_them() -> None:
    assert sorted(stratified_sample(cloud(3, 4).targets, most=40, seed=0).tolist()) == list(range(7))


@pytest.mark.parametrize(("images", "held_out"), [((20, 10), [6, 3]), ((2, 1), [1, 0]), ((10, 0), [3, 0])])
def test_a_share_of_each_class_is_held_out_at_least_one_and_never_all(
    images: tuple[int, ...], held_out: list[int]
) -> None:
    targets = np.eye(2, dtype=np.bool_)[np.repeat([0, 1], images)]

    assert targets[hold_out_share(targets, 0.3, rng=rng())].sum(axis=0).tolist() == held_out


def test_one_in_n_of_all_is_held_out_of_rare_classes_perhaps_none() -> None:
    classes = np.repeat([0, 1, 2, 3], (50, 10, 2, 1))

    held_out = hold_out_every_nth(classes, rng().permutation(len(classes)), n=5)

    by_class = np.bincount(classes[held_out], minlength=4)
    assert by_class[:2].tolist() == [10, 2]
    assert held_out.sum() <= len(classes) // 5
    assert by_class[3] == 0
