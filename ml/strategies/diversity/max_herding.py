"""Max-herding: picks images that as much of the pool as possible is similar to; made for few labels."""

from typing import ClassVar

import numpy as np

from ml.geometry.distances import SquaredDistances
from ml.strategies.diversity.coverage_base import CoverageStrategy, Similarities
from ml.strategies.pool import Pool

# If all images are equal, any width works.
LEAST_SQUARED_WIDTH = 1e-6


class MaxHerding(CoverageStrategy):
    """Greedily maximises the mean, over the pool, of the largest similarity to a picked or labeled image.

    Similarity is exp(-d^2 / s^2) of the distance d, with s the root mean square distance within the pool: so it needs
    no tuning per encoder (the source has s = 1 for rows of length one). Half and 1.4 times that s did no better.
    Source: Bae et al. 2024, "Generalized coverage for more robust low-budget active learning".
    """

    kind: ClassVar = "max-herding"

    def squared_radius(self, pool: Pool, squared: SquaredDistances, *, rng: np.random.Generator) -> float:
        return max(float(squared.mean(dtype=np.float64)), LEAST_SQUARED_WIDTH)

    def similarities(self, squared: SquaredDistances, squared_radius: float) -> Similarities:
        squared /= -squared_radius
        return np.exp(squared, out=squared)
