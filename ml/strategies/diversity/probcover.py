"""Probability cover: images whose neighbourhoods hold as much of the pool as possible, made for few labels."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ml.geometry.distances import SquaredDistances
from ml.geometry.k_means import k_means
from ml.strategies.diversity.coverage_base import CoverageStrategy, Similarities
from ml.strategies.pool import Pool

# The share of neighbourhoods that hold images of one cluster only, as the source has it.
LEAST_PURITY = 0.95
# Below, float32 does not tell a distance from none: an image is always in its own neighbourhood.
LEAST_SQUARED_RADIUS = 1e-5


class ProbCover(CoverageStrategy):
    """Each time the image with the most images around it that are in no neighbourhood of a picked or labeled one.

    Neighbourhoods are as wide as leaves 95 % of them pure, where k-means with as many clusters as classes stands for
    the labels. Once everything is covered, images come in the order of the pool.
    Source: ProbCover, Yehuda et al. 2022, "Active learning through a covering lens".
    """

    kind: ClassVar = "probability-cover"

    def squared_radius(self, pool: Pool, squared: SquaredDistances, *, rng: np.random.Generator) -> float:
        """Infinite where all images are alike."""
        found = k_means(pool.embeddings, max(pool.probabilities.shape[1], 2), rng=rng)
        to_others = _to_other_clusters(squared, found.members)
        most_impure = int((1 - LEAST_PURITY) * pool.size)
        return max(float(np.partition(to_others, most_impure)[most_impure]), LEAST_SQUARED_RADIUS)

    def similarities(self, squared: SquaredDistances, squared_radius: float) -> Similarities:
        """1 within the radius, else 0."""
        return np.less(squared, squared_radius, out=squared)


def _to_other_clusters(squared: SquaredDistances, members: NDArray[np.intp]) -> SquaredDistances:
    """From each image to the nearest of another cluster, infinite where there is none. Returns: (images,)."""
    least = np.empty(len(squared), dtype=np.float32)
    for cluster in np.unique(members):
        own = members == cluster
        least[own] = squared[np.ix_(own, ~own)].min(axis=1, initial=np.inf)
    return least
