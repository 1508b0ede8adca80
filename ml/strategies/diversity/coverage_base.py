"""Base class of strategies that pick images to which as much of the pool as possible is similar (coverage)."""

from abc import abstractmethod
from dataclasses import replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ml.geometry.distances import SquaredDistances, squared_distances
from ml.geometry.nearest import nearest_by_distance
from ml.strategies.batch_base import BatchStrategy
from ml.strategies.diversity.coverage import Similarities, most_covering
from ml.strategies.pool import Pool
from ml.types import Rows


class CoverageStrategy(BatchStrategy):
    """Exact up to 7,000 images. A larger pool is subsampled to 7,000, both as candidates and as what must be covered.

    Attributes: most_compared: those 7,000; their similarities take 200 MB. Coverage is a mean over the pool, and a mean
        over 7,000 images drawn at random tells it to about 1 %.
    """

    most_compared: ClassVar[int] = 7_000

    @abstractmethod
    def squared_radius(self, pool: Pool, squared: SquaredDistances, *, rng: np.random.Generator) -> float:
        """How far an image covers others. Args: squared: (images, images) of this pool. Returns: above 0."""

    @abstractmethod
    def similarities(self, squared: SquaredDistances, squared_radius: float) -> Similarities:
        """How much images so far apart cover each other, 0 where it is infinitely far.

        Args: squared: of any shape, may be used up, for memory.
        """

    def weights(self, pool: Pool, *, rng: np.random.Generator) -> NDArray[np.float32]:
        """How much it is worth to cover each image; all alike. Returns: (images,), 0 and above."""
        return np.ones(pool.size, dtype=np.float32)

    def choose(self, pool: Pool, count: int, *, rng: np.random.Generator) -> Rows:
        """Beyond what is compared, images at random."""
        drawing, choosing = rng.spawn(2)
        drawn = drawing.permutation(pool.size)
        rows = np.sort(drawn[: self.most_compared])
        part = replace(pool, embeddings=pool.embeddings[rows], probabilities=pool.probabilities[rows])
        picked = rows[self._choose_exactly(part, min(count, part.size), rng=choosing)]
        return np.concatenate([picked, drawn[self.most_compared :]])[:count]

    def _choose_exactly(self, pool: Pool, count: int, *, rng: np.random.Generator) -> Rows:
        measuring, weighing = rng.spawn(2)
        squared = squared_distances(pool.embeddings, pool.embeddings)
        squared_radius = self.squared_radius(pool, squared, rng=measuring)
        to_labeled = nearest_by_distance(pool.embeddings, pool.labeled_embeddings).squared_distances
        return most_covering(
            self.similarities(squared, squared_radius),
            covered=self.similarities(to_labeled, squared_radius),
            weights=self.weights(pool, rng=weighing),
            count=count,
        )
