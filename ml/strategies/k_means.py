"""K-means: the image nearest to the centre of each cluster, the plainest way to cover the pool."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ml.strategies.cluster_kind import ClusterKind
from ml.strategies.distances import squared_distances
from ml.types import Embedding, Embeddings


class KMeans(ClusterKind):
    """Of each cluster the image nearest to its centre, the mean of its images."""

    kind: ClassVar = "k-means"

    def standing(self, embeddings: Embeddings, centre: Embedding, *, rng: np.random.Generator) -> NDArray[np.float64]:
        """As `ClusterKind.standing`."""
        return -squared_distances(embeddings, centre[None])[:, 0].astype(np.float64)
