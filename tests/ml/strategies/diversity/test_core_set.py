"""Core-set, against an independent library."""

import numpy as np
from skactiveml.pool import CoreSet as TheirCoreSet

from ml.strategies.pool import Pool
from ml.strategies.registry import strategy
from tests.ml.pools import a_pool
from tests.ml.strategies.diversity.test_cluster_base import pool_of


def picked(pool: Pool, count: int) -> list[int]:
    return list(map(int, strategy("core-set").pick(pool, count, rng=np.random.default_rng(0))))


def by_the_library(pool: Pool, count: int) -> list[int]:
    images = np.concatenate([pool.embeddings, pool.labeled_embeddings]).astype(np.float64)
    answers = np.r_[np.full(pool.size, np.nan), pool.labeled_targets.argmax(axis=1)]
    return list(map(int, TheirCoreSet(random_state=0).query(images, answers, batch_size=count)))


def test_picks_what_the_library_picks() -> None:
    pool = a_pool(images=200)

    assert picked(pool, 20) == by_the_library(pool, 20)


def test_without_labels_it_starts_amid_the_pool() -> None:
    pool = a_pool(images=60, labeled=0)
    to_mean = np.linalg.norm(pool.embeddings - pool.embeddings.mean(axis=0), axis=1)

    assert picked(pool, 5)[0] == to_mean.argmin()


def test_without_labels_every_cloud_is_reached_at_once() -> None:
    pool = pool_of([30, 5, 2], labeled=[0, 0, 0])

    assert set(pool.probabilities[picked(pool, 3)].argmax(axis=1)) == {0, 1, 2}


def test_a_row_of_zeros_is_far_from_all_only_once() -> None:
    pool = pool_of([10, 10], labeled=[1, 1])
    pool.embeddings[[3, 14]] = 0

    assert set(picked(pool, 2)) & {3, 14} == {3}
