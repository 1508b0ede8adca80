"""Clusters take turns."""

import numpy as np

from ml.geometry.k_means import Clusters
from ml.strategies.representatives import representatives

FOUND = Clusters(
    centres=np.zeros((2, 1), dtype=np.float32),
    members=np.array([0, 0, 0, 1, 1]),
    distances=np.array([3, 1, 2, 0.5, 0.4], dtype=np.float32),
)


def test_the_largest_cluster_comes_first_with_its_nearest() -> None:
    assert representatives(FOUND).tolist() == [1, 4, 2, 3, 0]


def test_the_heaviest_cluster_comes_first_where_points_have_weights() -> None:
    assert representatives(FOUND, weights=np.array([1.0, 1, 1, 2, 2])).tolist() == [4, 1, 3, 2, 0]
