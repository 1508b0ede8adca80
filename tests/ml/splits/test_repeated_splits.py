"""Repeated splits: stratified, disjoint and deterministic."""

import numpy as np
import pytest

from ml.splits.repeated_splits import MOST_IMAGES_TO_REPEAT, TrainTestSplit, ratio_of_test_to_train, repeated_splits
from ml.splits.stratified import first_of_each_label
from ml.types import Targets
from tests.ml.clouds import cloud


def one_label_each(*images: int) -> Targets:
    return cloud(*images).targets


def all_tested(splits: tuple[TrainTestSplit, ...]) -> list[int]:
    return sorted(row for split in splits for row in split.test)


def test_every_image_is_tested_once_a_repeat() -> None:
    splits = repeated_splits(one_label_each(10, 12, 7), repeats=2, seed=0)

    assert len(splits) == 10
    assert all_tested(splits) == sorted([*range(29), *range(29)])


def test_no_image_is_trained_and_tested_on() -> None:
    splits = repeated_splits(one_label_each(10, 12, 7), repeats=2, seed=0)

    assert all(sorted([*split.train, *split.test]) == list(range(29)) for split in splits)


def test_each_test_part_has_its_share_of_every_class() -> None:
    targets = one_label_each(20, 10, 40)

    splits = repeated_splits(targets, repeats=1, seed=3)

    assert {tuple(targets[split.test].sum(axis=0)) for split in splits} == {(4, 2, 8)}


def test_the_only_image_of_a_class_is_always_trained_on() -> None:
    splits = repeated_splits(one_label_each(10, 10, 1), repeats=2, seed=0)

    assert all(20 in split.train for split in splits)
    assert 20 not in all_tested(splits)


@pytest.mark.parametrize("seed", range(5))
def test_every_tested_class_was_trained_on(seed: int) -> None:
    targets = one_label_each(2, 3, 2, 9)

    for split in repeated_splits(targets, repeats=3, seed=seed):
        assert targets[split.train].any(axis=0).all()


def test_images_with_several_labels_are_stratified_by_their_sets_of_labels() -> None:
    targets = np.repeat(np.array([[1, 0, 0], [1, 1, 0], [0, 1, 1]], dtype=np.bool_), 10, axis=0)

    splits = repeated_splits(targets, repeats=1, seed=0)

    assert {tuple(targets[split.test].sum(axis=0)) for split in splits} == {(4, 4, 2)}


def test_same_seed_gives_the_same_splits_and_another_others() -> None:
    targets = one_label_each(20, 20)

    first, again, other = (repeated_splits(targets, repeats=1, seed=seed) for seed in (1, 1, 2))

    assert all(np.array_equal(a.train, b.train) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0].test, other[0].test)


def test_few_images_get_more_repeats_than_many() -> None:
    few, many = one_label_each(10, 10), one_label_each(MOST_IMAGES_TO_REPEAT, 10)

    assert len(repeated_splits(few, repeats=None, seed=0)) == 15
    assert len(repeated_splits(many, repeats=None, seed=0)) == 5


def test_with_fewer_images_than_folds_no_test_part_is_empty() -> None:
    splits = repeated_splits(one_label_each(2, 2), repeats=1, seed=0)

    assert [len(split.test) for split in splits] == [1, 1, 1, 1]


def test_nothing_can_be_tested_if_every_class_has_one_image() -> None:
    assert repeated_splits(one_label_each(1, 1, 1), repeats=1, seed=0) == ()


def test_five_folds_test_one_image_for_four_others() -> None:
    assert ratio_of_test_to_train(repeated_splits(one_label_each(20, 20), repeats=2, seed=0)) == pytest.approx(1 / 4)


def test_a_subset_has_the_same_number_of_images_of_each_class_and_all_of_rarer_ones() -> None:
    targets = one_label_each(20, 20, 3)
    (split, *_) = repeated_splits(targets, repeats=1, seed=0)

    subset = first_of_each_label(targets, split.train, count=5)

    assert targets[subset].sum(axis=0).tolist() == [5, 5, targets[split.train, 2].sum()]
    assert set(subset) <= set(split.train)


def test_a_larger_subset_contains_the_smaller_one() -> None:
    targets = one_label_each(20, 20)
    (split, *_) = repeated_splits(targets, repeats=1, seed=0)

    small, large = (first_of_each_label(targets, split.train, count=count) for count in (2, 7))

    assert set(small) < set(large)
