"""Base class of strategies that cluster all images and pick one from each cluster with the fewest labels."""

from abc import abstractmethod

import numpy as np
from numpy.typing import NDArray

from ml.geometry.k_means import Clusters, k_means
from ml.strategies.batch_base import BatchStrategy
from ml.strategies.pool import Pool
from ml.strategies.round_robin import round_robin
from ml.types import Embedding, Embeddings, Rows

# As in Hacohen et al. 2022; with more labeled images, clusters hold several of them.
MOST_CLUSTERS = 500


class ClusterStrategy(BatchStrategy):
    """Clusters pool and labeled images by k-means, with as many clusters as labeled images plus images to pick.

    Clusters with the fewest labeled images come first; ties go to the cluster with the most pool images. Each cluster
    gives one image per round, until enough are picked.
    """

    @abstractmethod
    def cluster_score(
        self, embeddings: Embeddings, centre: Embedding, *, rng: np.random.Generator
    ) -> NDArray[np.float64]:
        """Score how well each image represents its cluster, higher is better.

        Args: embeddings: (images, dimension) of one cluster.
        Returns: (images,).
        """

    def choose(self, pool: Pool, count: int, *, rng: np.random.Generator) -> Rows:
        clustering, scoring = rng.spawn(2)
        found = k_means(_all_images(pool), _number(pool, count), rng=clustering)
        members = found.members[: pool.size]
        first_turns = _in_order(found, pool.size)[:count]
        scores = np.full(pool.size, -np.inf)
        for cluster in first_turns:
            own = np.flatnonzero(members == cluster)
            scores[own] = self.cluster_score(pool.embeddings[own], found.centres[cluster], rng=scoring)
        return _taken_in_turns(members, scores, first_turns)[:count]


def _all_images(pool: Pool) -> Embeddings:
    """Concatenate the embeddings of pool and labeled images, those of the pool first."""
    if not len(pool.labeled_embeddings):
        return pool.embeddings
    return np.concatenate([pool.embeddings, pool.labeled_embeddings])


def _number(pool: Pool, count: int) -> int:
    return min(len(pool.labeled_embeddings) + count, MOST_CLUSTERS)


def _in_order(found: Clusters, pool_size: int) -> NDArray[np.intp]:
    """List the clusters that hold pool images, in the order in which they give one."""
    sizes, labeled = (np.bincount(part, minlength=len(found.centres)) for part in np.split(found.members, [pool_size]))
    order = np.lexsort((-sizes, labeled))
    return np.asarray(order[sizes[order] > 0], dtype=np.intp)


def _taken_in_turns(
    members: NDArray[np.intp], scores: NDArray[np.float64], clusters_in_order: NDArray[np.intp]
) -> Rows:
    """Order the images of these clusters: the best of each, then the second best of each, and so on."""
    turn_of_cluster = np.full(members.max() + 1, -1, dtype=np.intp)
    turn_of_cluster[clusters_in_order] = np.arange(len(clusters_in_order))
    best_first = np.argsort(-scores, kind="stable")
    best_first = best_first[turn_of_cluster[members[best_first]] >= 0]
    return np.asarray(best_first[round_robin(members[best_first], turn_of_group=turn_of_cluster)], dtype=np.intp)
