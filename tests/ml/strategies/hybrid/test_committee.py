"""Query by committee, with vote entropy against skactiveml."""

from dataclasses import replace

import numpy as np
import pytest
from skactiveml.pool import vote_entropy as skactiveml_vote_entropy

from ml.labels.label_mode import MULTI_LABEL, SINGLE_LABEL
from ml.strategies.hybrid.committee import IMAGES_AT_ONCE, members, vote_entropy
from ml.strategies.pool import Pool
from ml.strategies.registry import strategy
from ml.strategies.training_subsample import training_subsample
from ml.types import Logits
from tests.ml.pools import a_pool


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def logits_of_members(pool: Pool) -> list[Logits]:
    labels = training_subsample(pool, rng=rng())
    assert labels is not None
    return [each.logits(pool.embeddings) for each in members(labels, multi_label=pool.multi_label)]


def a_disputed_pool(images: int = 60) -> Pool:
    return a_pool(images=images, labeled=24, noise=1.0)


def test_vote_entropy_is_that_of_skactiveml() -> None:
    logits = [rng(seed).normal(size=(40, 4)) for seed in range(5)]

    entropy = vote_entropy(logits, mode=SINGLE_LABEL)

    votes = np.stack([each.argmax(axis=1) for each in logits], axis=1)
    assert entropy == pytest.approx(skactiveml_vote_entropy(votes, classes=np.arange(4)))


def test_multi_label_the_most_disputed_class_counts() -> None:
    yes, no = 1.0, -1.0
    logits = [np.array([[yes, no, yes]]), np.array([[yes, no, no]]), np.array([[yes, yes, no]])]

    entropy = vote_entropy(logits, mode=MULTI_LABEL)

    assert entropy == pytest.approx([-(np.log(1 / 3) / 3 + np.log(2 / 3) * 2 / 3)])


def test_the_most_disputed_images_come_first() -> None:
    pool = a_disputed_pool()
    entropy = vote_entropy(logits_of_members(pool), mode=SINGLE_LABEL)

    picked = strategy("committee").pick(pool, 60, rng=rng())

    assert entropy.max() > 0 == entropy.min()
    assert (np.diff(entropy[picked]) <= 0).all()


def test_of_equally_disputed_images_the_closest_margin_comes_first() -> None:
    pool = a_disputed_pool()
    entropy = vote_entropy(logits_of_members(pool), mode=SINGLE_LABEL)
    worth = strategy("margin").measure.worth(pool.probabilities, rng=rng())

    picked = strategy("committee").pick(pool, 60, rng=rng())

    for agreed in np.unique(entropy):
        assert (np.diff(worth[picked[entropy[picked] == agreed]]) <= 0).all()


def test_a_pool_seen_in_chunks_is_seen_whole() -> None:
    pool = a_disputed_pool(IMAGES_AT_ONCE + 200)
    entropy = vote_entropy(logits_of_members(pool), mode=SINGLE_LABEL)

    picked = strategy("committee").pick(pool, 500, rng=rng())

    assert entropy[picked].min() >= np.sort(entropy)[-500]


@pytest.mark.parametrize("multi_label", [False, True])
def test_every_member_has_learned_what_it_votes_on(multi_label: bool) -> None:
    pool = a_pool(images=60, labeled=30, noise=0.1, multi_label=multi_label)
    true = np.eye(3, dtype=bool)[np.repeat(np.arange(3), 20)]

    for logits in logits_of_members(pool):
        assert np.array_equal(logits > 0 if multi_label else np.eye(3, dtype=bool)[logits.argmax(axis=1)], true)


def test_with_labels_of_one_class_it_picks_by_margin() -> None:
    pool = replace(a_pool(), labeled_targets=np.eye(3, dtype=bool)[[0] * 6])

    picked = strategy("committee").pick(pool, 10, rng=rng())

    assert picked.tolist() == strategy("margin").pick(pool, 10, rng=rng()).tolist()
