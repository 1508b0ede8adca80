"""DropQuery: images whose label depends on a part of their embedding."""

from dataclasses import replace

import numpy as np
import pytest

from ml.strategies.hybrid.drop_query import IMAGES_AT_ONCE, DropQuery
from ml.strategies.pool import Pool
from ml.strategies.registry import strategy
from ml.types import Embeddings, Probabilities
from tests.ml.pools import a_pool


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def by_first_part(embeddings: Embeddings) -> Probabilities:
    """Classify by the first number of an embedding: class 1 if it is above 0, else class 0."""
    there = embeddings[:, 0] > 0
    return np.stack([~there, there], axis=1).astype(np.float64)


def a_pool_by_first_part(images: int = 40) -> Pool:
    """Build a pool in which only every fourth image has the number that decides its class."""
    embeddings = a_pool(images=images).embeddings.copy()
    embeddings[:, 0] = np.arange(images) % 4 == 0
    return replace(
        a_pool(images=images, classes=2),
        embeddings=embeddings,
        probabilities=by_first_part(embeddings),
        classify=by_first_part,
    )


def test_only_images_that_most_tries_label_otherwise_come_first() -> None:
    pool = a_pool_by_first_part()
    changeable = np.flatnonzero(2 * DropQuery().changes(pool, rng=rng().spawn(3)[1]) > 3)

    picked = strategy("drop-query").pick(pool, 40, rng=rng())

    assert 0 < len(changeable) < 10
    assert set(picked[: len(changeable)].tolist()) == set(changeable.tolist())
    assert set((changeable % 4).tolist()) == {0}


def test_labels_change_as_often_as_their_part_is_dropped() -> None:
    pool = a_pool_by_first_part(2 * IMAGES_AT_ONCE + 40)

    changes = DropQuery(tries=2, dropped=0.7).changes(pool, rng=rng())

    assert changes[::4].mean() == pytest.approx(2 * 0.7, abs=0.03)
    assert (changes[1::4] == 0).all()


def test_what_is_classified_has_length_one() -> None:
    lengths: list[float] = []

    def classify(embeddings: Embeddings) -> Probabilities:
        lengths.extend(np.linalg.norm(embeddings, axis=1).tolist())
        return by_first_part(embeddings)

    DropQuery(dropped=0.5).changes(replace(a_pool_by_first_part(), classify=classify), rng=rng())

    # All numbers of an embedding may be dropped.
    assert {round(each, 5) for each in lengths} <= {0.0, 1.0}


def test_it_picks_by_margin_if_no_label_changes() -> None:
    pool = a_pool()
    pool = replace(pool, classify=lambda embeddings: pool.probabilities[: len(embeddings)])

    picked = strategy("drop-query").pick(pool, 10, rng=rng())

    assert picked.tolist() == by_margin(pool, 10)


def test_clusters_of_changeable_images_are_all_seen() -> None:
    pool = a_pool_by_first_part(400)
    heaps = np.repeat(np.eye(3, 8, k=1, dtype=np.float32), [200, 100, 100], axis=0)
    heaps[:, 0] = 0.5
    pool = replace(pool, embeddings=heaps, probabilities=by_first_part(heaps))

    picked = strategy("drop-query").pick(pool, 3, rng=rng())

    assert {tuple(heaps[row].tolist()) for row in picked} == {tuple(row) for row in np.unique(heaps, axis=0).tolist()}


def by_margin(pool: Pool, count: int) -> list[int]:
    return list(strategy("margin").pick(pool, count, rng=rng()).tolist())
