"""Clusters of images that look alike, by k-means."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from ml.geometry.nearest import nearest_by_distance
from ml.types import Embeddings
from ml.warnings_filter import without_warnings

# k-means learns from so many rows, drawn at random where there are more; the others only join the nearest centre.
MOST_ROWS_FITTED = 10_000
# Time grows with rows x clusters: 500 of 10,000 x 1,280 take some ten seconds.
MOST_CLUSTERS = 500
MOST_ITERATIONS = 30


@dataclass(frozen=True, kw_only=True, eq=False)
class Clusters:
    """None is empty.

    Attributes: centres: (clusters, dimension); members: (points,) the cluster of each point; distances: (points,)
        squared, from each point to its own centre.
    """

    centres: Embeddings
    members: NDArray[np.intp]
    distances: NDArray[np.float32]


def k_means(
    points: Embeddings, number: int, *, rng: np.random.Generator, weights: NDArray[np.float64] | None = None
) -> Clusters:
    """Cluster at least one point into so many clusters, or fewer where fewer points differ.

    Args: number: from 1, more than `MOST_CLUSTERS` are as many as that; weights: (points,) above 0, how much each
        point draws the centres; None is all alike.
    """
    learned_from = np.sort(rng.permutation(len(points))[:MOST_ROWS_FITTED])
    centres = _centres(
        points[learned_from],
        min(number, len(learned_from), MOST_CLUSTERS),
        weights=None if weights is None else weights[learned_from],
        seed=int(rng.integers(2**31)),
    )
    nearest = nearest_by_distance(points, centres)
    # Of equal centres all points join the first; the others stand for nothing.
    used, members = np.unique(nearest.rows, return_inverse=True)
    return Clusters(centres=centres[used], members=members.astype(np.intp), distances=nearest.squared_distances)


def _centres(points: Embeddings, number: int, *, weights: NDArray[np.float64] | None, seed: int) -> Embeddings:
    # Imported here because scikit-learn takes most of a second, and before threads are limited, because only what is
    # loaded can be limited: threads add up in an order left to chance.
    from sklearn.cluster import KMeans, kmeans_plusplus  # noqa: PLC0415

    # It warns where fewer points are distinct than clusters are wanted, which is no surprise here.
    with without_warnings(), threadpool_limits(limits=1, user_api="openmp"):
        # Seeding takes nearly all of the time; the default tries 2 + log(number) points for each centre.
        # It computes in float64, and would convert float32 anew for each centre.
        in_double = points.astype(np.float64)
        seeds, _ = kmeans_plusplus(in_double, number, sample_weight=weights, random_state=seed, n_local_trials=1)
        found = KMeans(number, init=seeds, n_init=1, max_iter=MOST_ITERATIONS).fit(points, sample_weight=weights)
    centres: Embeddings = found.cluster_centers_
    return centres
