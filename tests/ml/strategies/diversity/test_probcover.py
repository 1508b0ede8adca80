"""ProbCover, against an independent library."""

import numpy as np
import pytest
from numpy.typing import NDArray
from skactiveml.pool import ProbCover as ReferenceProbCover

from ml.geometry.distances import squared_distances
from ml.strategies.diversity.probcover import ProbCover
from ml.strategies.pool import Pool
from ml.strategies.registry import strategy
from tests.ml.pools import a_pool
from tests.ml.strategies.diversity.test_cluster_base import pool_of


def picked(pool: Pool, count: int) -> list[int]:
    return list(map(int, strategy("probability-cover").pick(pool, count, rng=np.random.default_rng(0))))


def radius(pool: Pool) -> float:
    squared = squared_distances(pool.embeddings, pool.embeddings)
    return float(np.sqrt(ProbCover().squared_radius(pool, squared, rng=np.random.default_rng(0))))


def all_images(pool: Pool) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    images = np.concatenate([pool.embeddings, pool.labeled_embeddings]).astype(np.float64)
    return images, np.r_[np.full(pool.size, np.nan), pool.labeled_targets.argmax(axis=1)]


def test_neighbourhoods_are_as_wide_as_the_library_makes_them() -> None:
    pool, step = pool_of([40, 30, 30], labeled=[0, 0, 0]), 0.005
    theirs = ReferenceProbCover(n_classes=3, deltas=np.arange(0, 2, step), random_state=0)

    theirs.query(*all_images(pool))

    assert 0.1 < theirs.delta_max_ <= radius(pool) <= theirs.delta_max_ + step


# The library warns if it gets the radius, because it then computes no purity.
@pytest.mark.filterwarnings("ignore:The maximum purity was -1:UserWarning")
@pytest.mark.parametrize("labeled", [0, 6])
def test_each_image_has_the_most_uncovered_neighbours_by_the_library(labeled: int) -> None:
    pool = a_pool(images=80, labeled=labeled)
    theirs = ReferenceProbCover(deltas=[radius(pool)], random_state=0)
    images, answers = all_images(pool)

    for row in picked(pool, 10):
        _, utilities = theirs.query(images, answers, return_utilities=True)
        assert utilities[0][row] == np.nanmax(utilities)
        answers[row] = 0


def test_one_image_covers_a_cloud() -> None:
    pool = pool_of([9, 30, 20], labeled=[0, 0, 0])

    assert list(pool.probabilities[picked(pool, 3)].argmax(axis=1)) == [1, 2, 0]


def test_a_labeled_image_covers_its_cloud() -> None:
    pool = pool_of([9, 30, 20], labeled=[0, 1, 0])

    assert list(pool.probabilities[picked(pool, 2)].argmax(axis=1)) == [2, 0]
