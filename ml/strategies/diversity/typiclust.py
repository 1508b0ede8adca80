"""TypiClust: picks the image in the densest region of each cluster; made to start with few labels or none."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ml.geometry.distances import squared_distances
from ml.strategies.diversity.cluster_base import ClusterStrategy
from ml.types import Embedding, Embeddings

NEIGHBOURS = 20
# Only this many random images of a larger cluster are scored, since few of them are picked.
MOST_SCORED = 2_000
# Keeps the typicality of duplicates finite.
LEAST_DISTANCE = 1e-5


class TypiClust(ClusterStrategy):
    """Picks from each cluster the most typical image: least mean distance to its 20 nearest neighbours within it.

    Source: TypiClust (Hacohen et al. 2022, "Active learning on a budget: opposite strategies suit high and low
    budgets").
    """

    kind: ClassVar = "typical-clusters"

    def cluster_score(
        self, embeddings: Embeddings, centre: Embedding, *, rng: np.random.Generator
    ) -> NDArray[np.float64]:
        """Score typicality; in a cluster above MOST_SCORED images, those not sampled get 0."""
        sampled = np.sort(rng.permutation(len(embeddings))[:MOST_SCORED])
        scores = np.zeros(len(embeddings))
        scores[sampled] = _typicality(embeddings[sampled])
        return scores


def _typicality(embeddings: Embeddings) -> NDArray[np.float64]:
    """Compute typicality: the inverse of each image's mean distance to its nearest neighbours."""
    neighbours = min(NEIGHBOURS, len(embeddings) - 1)
    if not neighbours:
        return np.ones(1)
    squared = squared_distances(embeddings, embeddings)
    np.fill_diagonal(squared, np.inf)
    nearest = np.sqrt(np.partition(squared, neighbours - 1, axis=1)[:, :neighbours])
    return np.asarray(1 / (nearest.mean(axis=1, dtype=np.float64) + LEAST_DISTANCE))
