"""Tests trees as arrays against scikit-learn's predictions."""

from typing import Any

import numpy as np
import pytest
import safetensors.numpy
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier

from ml.heads.trees import forest
from ml.heads.trees.forest import Forest, forest_of
from tests.ml.clouds import DIMENSION, cloud

OPTIONS: list[dict[str, Any]] = [
    {},
    {"min_samples_leaf": 4, "class_weight": "balanced"},
    {"max_depth": 1},
    {"n_estimators": 1, "bootstrap": False},
]


def fitted(**options: Any) -> tuple[RandomForestClassifier, Forest]:
    digits = load_digits()
    theirs = RandomForestClassifier(**{"n_estimators": 25, "random_state": 0} | options)
    theirs.fit(digits.data[:900].astype(np.float32), digits.target[:900])
    return theirs, forest_of([tree.tree_ for tree in theirs.estimators_])


def unseen() -> Any:
    return load_digits().data[900:].astype(np.float32)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_shares_are_scikit_learns_probabilities_to_the_last_bit(options: dict[str, Any]) -> None:
    theirs, ours = fitted(**options)

    assert np.array_equal(ours.vote_shares(unseen()), theirs.predict_proba(unseen()))


def test_numbers_at_a_threshold_go_where_scikit_learn_sends_them() -> None:
    train = cloud(60, 60, noise=1.0)
    theirs = RandomForestClassifier(40, max_depth=1, random_state=0)
    theirs.fit(train.embeddings, train.targets.argmax(axis=1))
    trees = [tree.tree_ for tree in theirs.estimators_]
    thresholds = np.array([tree.threshold[0] for tree in trees], dtype=np.float32)
    below, above = np.nextafter(thresholds, np.float32(-2)), np.nextafter(thresholds, np.float32(2))
    images = np.tile(np.concatenate([below, thresholds, above])[:, np.newaxis], (1, DIMENSION))

    shares = forest_of(trees).vote_shares(images)

    assert np.array_equal(shares, theirs.predict_proba(images))


def test_how_many_images_are_descended_at_once_makes_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    _, ours = fitted()
    at_a_stroke = ours.vote_shares(unseen())

    monkeypatch.setattr(forest, "SHARES_AT_ONCE", 7 * 25 * 10)

    assert np.array_equal(ours.vote_shares(unseen()), at_a_stroke)


def test_only_trees_that_may_vote_are_counted() -> None:
    theirs, ours = fitted()
    voting = np.zeros((len(unseen()), 25), dtype=np.bool_)
    voting[:, [3, 8]] = True

    shares = ours.vote_shares(unseen(), voting)

    expected = (theirs.estimators_[3].predict_proba(unseen()) + theirs.estimators_[8].predict_proba(unseen())) / 2
    assert np.array_equal(shares, expected)


def test_depth_is_that_of_the_deepest_tree() -> None:
    theirs, ours = fitted()

    assert ours.depth == max(tree.get_depth() for tree in theirs.estimators_)


def test_leaves_that_are_alike_are_kept_once() -> None:
    _, ours = fitted()

    assert len(ours.shares) == 10


def test_saved_forest_is_the_same_and_the_same_bytes() -> None:
    _, ours = fitted()
    _, again = fitted()
    saved = safetensors.numpy.save(ours.tensors())

    restored = Forest.restore(safetensors.numpy.load(saved))

    assert np.array_equal(restored.vote_shares(unseen()), ours.vote_shares(unseen()))
    assert safetensors.numpy.save(again.tensors()) == saved
