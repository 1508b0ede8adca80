"""Tests the random forest head."""

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier

from ml.errors import InvalidHeadOptions
from ml.heads.registry import head_recipe
from ml.heads.trees.random_forest import FEW_IMAGES, ForestHead, RandomForest
from tests.ml.clouds import Cloud, cloud


def trained(recipe: RandomForest, train: Cloud) -> ForestHead:
    head = recipe.train(train.embeddings, train.targets, seed=0).head
    assert isinstance(head, ForestHead)
    return head


def test_logits_are_logarithms_of_votes_with_one_more_for_each_class() -> None:
    train, unseen = cloud(20, 20, 20, noise=0.5), cloud(5, 5, 5, noise=0.5, seed=1)
    theirs = RandomForestClassifier(40, random_state=0).fit(train.embeddings, train.targets.argmax(axis=1))

    logits = trained(RandomForest(trees=40), train).logits(unseen.embeddings)

    votes = 40 * theirs.predict_proba(unseen.embeddings)
    assert logits == pytest.approx(np.log((votes + 1) / 43))


def test_out_of_fold_logits_are_scikit_learns_out_of_bag_votes() -> None:
    train = cloud(80, 80, 80, noise=0.5)
    theirs = RandomForestClassifier(40, random_state=0, oob_score=True)
    theirs.fit(train.embeddings, train.targets.argmax(axis=1))

    out_of_fold = RandomForest(trees=40).train(train.embeddings, train.targets, seed=0).out_of_fold

    assert out_of_fold is not None
    assert np.array_equal(out_of_fold.targets, train.targets)
    assert out_of_fold.logits == pytest.approx(np.log((40 * theirs.oob_decision_function_ + 1) / 43))


def test_images_that_every_tree_has_seen_are_not_scored() -> None:
    train = cloud(FEW_IMAGES, FEW_IMAGES, noise=0.5)

    out_of_fold = RandomForest(trees=2).train(train.embeddings, train.targets, seed=0).out_of_fold

    assert out_of_fold is not None
    assert FEW_IMAGES // 2 < len(out_of_fold.logits) < 2 * FEW_IMAGES
    assert np.isfinite(out_of_fold.logits).all()


def test_the_only_image_of_its_class_is_not_scored_out_of_bag() -> None:
    train = cloud(FEW_IMAGES, FEW_IMAGES, 1)

    out_of_fold = RandomForest(trees=50).train(train.embeddings, train.targets, seed=0).out_of_fold

    assert out_of_fold is not None
    assert not out_of_fold.targets[:, 2].any()
    assert len(out_of_fold.targets) == 2 * FEW_IMAGES


def test_few_images_are_all_scored_by_cross_validation() -> None:
    train = cloud(20, 20, 20, noise=0.5)

    out_of_fold = RandomForest(trees=1).train(train.embeddings, train.targets, seed=0).out_of_fold

    assert out_of_fold is not None
    assert len(out_of_fold.logits) == 60


def test_min_leaf_makes_smaller_trees() -> None:
    train = cloud(60, 60, noise=1.0)

    fine, coarse = (trained(RandomForest(trees=10, min_leaf=leaf), train) for leaf in (1, 10))

    assert coarse.cost().parameters < fine.cost().parameters
    assert coarse.forest.depth < fine.forest.depth


def test_balanced_forest_finds_more_of_a_rare_class() -> None:
    train, unseen = cloud(200, 10, noise=0.8), cloud(0, 200, noise=0.8, seed=1)

    plain, balanced = (trained(RandomForest(trees=50, min_leaf=5, balanced=each), train) for each in (False, True))

    found = [(head.logits(unseen.embeddings).argmax(axis=1) == 1).mean() for head in (plain, balanced)]
    assert found[1] > found[0] + 0.1


@pytest.mark.parametrize("name", ["random-forest(trees=0)", "random-forest(max_features=all)"])
def test_options_out_of_bounds_are_refused(name: str) -> None:
    with pytest.raises(InvalidHeadOptions, match="random-forest"):
        head_recipe(name)


def test_forest_that_would_fill_the_memory_is_refused_before_it_grows() -> None:
    train = cloud(*[6] * 100, noise=1.0)

    with pytest.raises(InvalidHeadOptions, match=r"10,000 trees of 100 classes .* trees at most"):
        RandomForest(trees=10_000).train(train.embeddings, train.targets, seed=0)
