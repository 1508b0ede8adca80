"""Uncertainty herding: images to which many doubtful ones are similar, made for few labels and for many."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ml.encoder import Embeddings
from ml.pool import Pool
from ml.strategies.distances import SquaredDistances, squared_distances
from ml.strategies.max_herding import LEAST_SQUARED_WIDTH, MaxHerding
from ml.worth import worth_of

# A median of so many, drawn at random, is that of all to a few percent; 200 MB of distances to 50,000 labeled images.
MOST_MEASURED = 1_000


class UncertaintyHerding(MaxHerding):
    """Max-herding in which each image counts by its margin worth, and that is max-herding before the first version.

    The width of the kernel is the median distance from a labeled image to the nearest other one: the more labels, the
    less each covers and the more doubt alone decides. The source takes the least of those distances, which is nothing
    as soon as two labeled images are near duplicates.
    Source: Bae et al. 2025, "Uncertainty herding: one active learning method for all label budgets".
    """

    kind: ClassVar = "uncertainty-herding"

    def squared_radius(self, pool: Pool, squared: SquaredDistances, *, rng: np.random.Generator) -> float:
        """As `CoverageKind.squared_radius`."""
        if pool.classify is None or len(pool.labeled_embeddings) <= 1:
            return super().squared_radius(pool, squared, rng=rng)
        return max(_squared_spacing(pool.labeled_embeddings, rng=rng), LEAST_SQUARED_WIDTH)

    def weights(self, pool: Pool, *, rng: np.random.Generator) -> NDArray[np.float32]:
        """As `CoverageKind.weights`."""
        if pool.classify is None:
            return super().weights(pool, rng=rng)
        worth = worth_of(self.measure, pool.probabilities, multi_label=pool.multi_label, rng=rng)
        # Where nothing is doubtful, everything is worth as much.
        return worth.astype(np.float32) if worth.any() else super().weights(pool, rng=rng)


def _squared_spacing(labeled: Embeddings, *, rng: np.random.Generator) -> float:
    """Of the median distance to the nearest other image. Args: labeled: at least two."""
    measured = rng.permutation(len(labeled))[:MOST_MEASURED]
    squared = squared_distances(labeled[measured], labeled)
    squared[np.arange(len(measured)), measured] = np.inf
    return float(np.median(squared.min(axis=1)))
