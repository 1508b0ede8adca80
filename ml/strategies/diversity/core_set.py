"""Core-set: picks the image farthest from all labeled and picked images, so that no image is far from a label."""

from typing import ClassVar

import numpy as np

from ml.geometry.distances import squared_distances, squared_lengths
from ml.geometry.nearest import nearest_by_distance
from ml.strategies.batch_base import BatchStrategy
from ml.strategies.pool import Pool
from ml.types import Embeddings, Rows

PICKED = -np.inf


class CoreSet(BatchStrategy):
    """Greedy k-center: the largest distance of an image to its nearest label is at most twice the optimum.

    Without labeled images it starts with the image nearest to the mean of the pool. It picks outliers first, so with
    few labels it does worse than random.
    Source: Sener and Savarese 2018, "Active learning for convolutional neural networks: a core-set approach".
    """

    kind: ClassVar = "core-set"

    def choose(self, pool: Pool, count: int, *, rng: np.random.Generator) -> Rows:
        embeddings, lengths = pool.embeddings, squared_lengths(pool.embeddings)
        far = nearest_by_distance(embeddings, pool.labeled_embeddings).squared_distances
        picked = [int(far.argmax()) if len(pool.labeled_embeddings) else _nearest_to_mean(embeddings)]
        while len(picked) < count:
            last = picked[-1]
            np.minimum(far, lengths + lengths[last] - 2 * (embeddings @ embeddings[last]), out=far)
            far[last] = PICKED
            picked.append(int(far.argmax()))
        return np.array(picked, dtype=np.intp)


def _nearest_to_mean(embeddings: Embeddings) -> int:
    mean = embeddings.mean(axis=0, keepdims=True)
    return int(squared_distances(embeddings, mean).argmin())
