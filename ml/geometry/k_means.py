"""Clusters embeddings by k-means, so that images that look alike share a cluster."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from ml.geometry.nearest import nearest_by_distance
from ml.types import Embeddings
from ml.warnings_filter import without_warnings

# A larger input is sampled: k-means fits this many random rows, the others only join the nearest centre.
MOST_ROWS_FITTED = 10_000
# Time grows with rows x clusters: 500 of 10,000 x 1,280 take some ten seconds.
MOST_CENTRES = 500
MOST_ITERATIONS = 30


@dataclass(frozen=True, kw_only=True, eq=False)
class Clusters:
    """Clusters of points; no cluster is empty.

    Attributes: centres: (clusters, dimension); members: (points,) the cluster of each point; distances: (points,)
        squared Euclidean, from each point to its own centre.
    """

    centres: Embeddings
    members: NDArray[np.intp]
    distances: NDArray[np.float32]


def k_means(
    points: Embeddings, number: int, *, rng: np.random.Generator, weights: NDArray[np.float64] | None = None
) -> Clusters:
    """Cluster points by k-means with k-means++ seeding (Arthur and Vassilvitskii 2007).

    Args: points: at least one; number: of clusters, at least 1, capped at `MOST_CENTRES`; weights: (points,) above 0,
        how much each point counts for the centres; None counts all points equally.
    Returns: at most `number` clusters, fewer if fewer points differ.
    """
    fitted = np.sort(rng.permutation(len(points))[:MOST_ROWS_FITTED])
    centres = _centres(
        points[fitted],
        min(number, len(fitted), MOST_CENTRES),
        weights=None if weights is None else weights[fitted],
        seed=int(rng.integers(2**31)),
    )
    nearest = nearest_by_distance(points, centres)
    # If two centres are equal, all points join the first; the empty one is dropped.
    used, members = np.unique(nearest.rows, return_inverse=True)
    return Clusters(centres=centres[used], members=members.astype(np.intp), distances=nearest.squared_distances)


def _centres(points: Embeddings, number: int, *, weights: NDArray[np.float64] | None, seed: int) -> Embeddings:
    # Imported here because scikit-learn takes most of a second; and before threads are limited, because only loaded
    # libraries can be limited. One thread, because several threads sum in a random order.
    from sklearn.cluster import KMeans, kmeans_plusplus  # noqa: PLC0415

    # scikit-learn warns if fewer points are distinct than clusters are wanted; that is expected here.
    with without_warnings(), threadpool_limits(limits=1, user_api="openmp"):
        # Seeding takes nearly all of the time; the default tries 2 + log(number) points for each centre.
        # It computes in float64, and would convert float32 again for each centre.
        in_double = points.astype(np.float64)
        seeds, _ = kmeans_plusplus(in_double, number, sample_weight=weights, random_state=seed, n_local_trials=1)
        found = KMeans(number, init=seeds, n_init=1, max_iter=MOST_ITERATIONS).fit(points, sample_weight=weights)
    centres: Embeddings = found.cluster_centers_
    return centres
