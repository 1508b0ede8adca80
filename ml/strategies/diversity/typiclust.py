"""Typical clusters: the image in the densest place of each cluster, made to start with few labels or none."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ml.geometry.distances import squared_distances
from ml.strategies.diversity.cluster_base import ClusterStrategy
from ml.types import Embedding, Embeddings

NEIGHBOURS = 20
# A larger cluster is represented by so many of its images, drawn at random; only one of them is picked.
MOST_SCORED = 2_000
# Keeps the typicality of duplicates finite.
LEAST_DISTANCE = 1e-5


class TypiClust(ClusterStrategy):
    """Of each cluster the image with the least mean distance to its 20 nearest neighbours within the cluster.

    Source: TypiClust, Hacohen et al. 2022, "Active learning on a budget: opposite strategies suit high and low
    budgets".
    """

    kind: ClassVar = "typical-clusters"

    def cluster_score(
        self, embeddings: Embeddings, centre: Embedding, *, rng: np.random.Generator
    ) -> NDArray[np.float64]:
        """What is not judged stands for nothing."""
        judged = np.sort(rng.permutation(len(embeddings))[:MOST_SCORED])
        scores = np.zeros(len(embeddings))
        scores[judged] = _typicality(embeddings[judged])
        return scores


def _typicality(embeddings: Embeddings) -> NDArray[np.float64]:
    """The inverse of each image's mean distance to its nearest neighbours."""
    neighbours = min(NEIGHBOURS, len(embeddings) - 1)
    if not neighbours:
        return np.ones(1)
    squared = squared_distances(embeddings, embeddings)
    np.fill_diagonal(squared, np.inf)
    nearest = np.sqrt(np.partition(squared, neighbours - 1, axis=1)[:, :neighbours])
    return np.asarray(1 / (nearest.mean(axis=1, dtype=np.float64) + LEAST_DISTANCE))
