"""K-means: picks the image nearest to the centre of each cluster, the simplest way to cover the pool."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ml.geometry.distances import squared_distances
from ml.strategies.diversity.cluster_base import ClusterStrategy
from ml.types import Embedding, Embeddings


class KMeans(ClusterStrategy):
    """Picks from each cluster the image nearest to its centre, the mean of its images."""

    kind: ClassVar = "k-means"

    def cluster_score(
        self, embeddings: Embeddings, centre: Embedding, *, rng: np.random.Generator
    ) -> NDArray[np.float64]:
        return -squared_distances(embeddings, centre[None])[:, 0].astype(np.float64)
