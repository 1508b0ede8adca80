"""K-means, against the means of distant clouds."""

import numpy as np

from ml.strategies.registry import strategy
from tests.ml.strategies.diversity.test_cluster_base import pool_of


def test_the_image_nearest_to_the_mean_of_each_cloud_is_picked_largest_cloud_first() -> None:
    pool = pool_of([9, 30, 20], labeled=[0, 0, 0])
    clouds = pool.probabilities.argmax(axis=1)

    picked = strategy("k-means").pick(pool, 3, rng=np.random.default_rng(0))

    to_mean = np.linalg.norm(
        pool.embeddings - [pool.embeddings[clouds == each].mean(axis=0) for each in clouds], axis=1
    )
    assert picked.tolist() == [np.where(clouds == each, to_mean, np.inf).argmin() for each in (1, 2, 0)]
