"""The clusters that images are picked from, and their order."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from ml.strategies.pool import Pool
from ml.strategies.registry import strategy
from tests.ml.clouds import cloud
from tests.ml.pools import a_pool

by_clusters = pytest.mark.parametrize("name", ["typical-clusters", "k-means"])


def pool_of(sizes: Sequence[int], *, labeled: Sequence[int]) -> Pool:
    """Build a pool of distant clouds. Args: sizes, labeled: number of unlabeled and of labeled images of each cloud."""
    waiting, done = cloud(*sizes, noise=0.05), cloud(*labeled, noise=0.05, seed=1)
    return replace(
        a_pool(classes=len(sizes)),
        embeddings=waiting.embeddings,
        probabilities=waiting.targets.astype(np.float64),
        labeled_embeddings=done.embeddings,
        labeled_targets=done.targets,
    )


def clouds_picked(name: str, pool: Pool, count: int) -> list[int]:
    """Return the cloud of each picked image."""
    picked = strategy(name).pick(pool, count, rng=np.random.default_rng(0))
    return list(map(int, pool.probabilities[picked].argmax(axis=1)))


@by_clusters
def test_the_largest_cluster_comes_first(name: str) -> None:
    assert clouds_picked(name, pool_of([9, 30, 20], labeled=[0, 0, 0]), 3) == [1, 2, 0]


@by_clusters
def test_clusters_with_a_labeled_image_come_last(name: str) -> None:
    assert clouds_picked(name, pool_of([9, 30, 20], labeled=[0, 1, 0]), 2) == [2, 0]


@by_clusters
def test_equal_images_are_picked_together_with_others(name: str) -> None:
    pool = pool_of([9, 30, 20], labeled=[0, 0, 0])
    of_three_images = replace(pool, embeddings=np.eye(3, 8, dtype=np.float32)[pool.probabilities.argmax(axis=1)])

    assert clouds_picked(name, of_three_images, 7) == [1, 2, 0, 1, 2, 0, 1]


@by_clusters
def test_a_row_of_zeros_is_picked_like_any_other_image(name: str) -> None:
    pool = pool_of([9, 30, 20], labeled=[0, 0, 0])
    pool.embeddings[4] = 0

    assert 4 in strategy(name).pick(pool, 4, rng=np.random.default_rng(0))
