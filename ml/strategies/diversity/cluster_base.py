"""Base class of strategies that cluster all images and pick one from each cluster with the fewest labels."""

from abc import abstractmethod

import numpy as np
from numpy.typing import NDArray

from ml.geometry.k_means import Clusters, k_means
from ml.strategies.batch_base import BatchStrategy
from ml.strategies.pool import Pool
from ml.strategies.round_robin import round_robin
from ml.types import Embedding, Embeddings, Rows

# As Hacohen et al. 2022; where more images are labeled, clusters hold several of them.
MOST_CLUSTERS = 500


class ClusterStrategy(BatchStrategy):
    """As many clusters of pool and labeled images together as there are labeled images and images to pick.

    Those with the fewest labeled images give an image first, of equals the one with the most images to pick from.
    Where clusters are fewer than images to pick, each gives another in the next round.
    """

    @abstractmethod
    def cluster_score(
        self, embeddings: Embeddings, centre: Embedding, *, rng: np.random.Generator
    ) -> NDArray[np.float64]:
        """How well each image (images, dimension) of one cluster stands for it, more is better. Returns: (images,)."""

    def choose(self, pool: Pool, count: int, *, rng: np.random.Generator) -> Rows:
        """Of each cluster the image that stands for it best."""
        clustering, judging = rng.spawn(2)
        found = k_means(_all_images(pool), _number(pool, count), rng=clustering)
        members = found.members[: pool.size]
        first_turns = _in_order(found, pool.size)[:count]
        scores = np.full(pool.size, -np.inf)
        for cluster in first_turns:
            own = np.flatnonzero(members == cluster)
            scores[own] = self.cluster_score(pool.embeddings[own], found.centres[cluster], rng=judging)
        return _taken_in_turns(members, scores, first_turns)[:count]


def _all_images(pool: Pool) -> Embeddings:
    """Those of the pool first."""
    if not len(pool.labeled_embeddings):
        return pool.embeddings
    return np.concatenate([pool.embeddings, pool.labeled_embeddings])


def _number(pool: Pool, count: int) -> int:
    return min(len(pool.labeled_embeddings) + count, MOST_CLUSTERS)


def _in_order(found: Clusters, pool_size: int) -> NDArray[np.intp]:
    """The clusters that hold an image of the pool, in the order in which they give one."""
    sizes, labeled = (np.bincount(part, minlength=len(found.centres)) for part in np.split(found.members, [pool_size]))
    order = np.lexsort((-sizes, labeled))
    return np.asarray(order[sizes[order] > 0], dtype=np.intp)


def _taken_in_turns(
    members: NDArray[np.intp], scores: NDArray[np.float64], clusters_in_order: NDArray[np.intp]
) -> Rows:
    """The images of these clusters: the best of each, then the second best of each, ..."""
    turn_of_cluster = np.full(members.max() + 1, -1, dtype=np.intp)
    turn_of_cluster[clusters_in_order] = np.arange(len(clusters_in_order))
    best_first = np.argsort(-scores, kind="stable")
    best_first = best_first[turn_of_cluster[members[best_first]] >= 0]
    return np.asarray(best_first[round_robin(members[best_first], turn_of_group=turn_of_cluster)], dtype=np.intp)
