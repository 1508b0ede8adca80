"""ProbCover: picks images whose neighbourhoods hold as much of the pool as possible; made for few labels."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ml.geometry.distances import SquaredDistances
from ml.geometry.k_means import k_means
from ml.strategies.diversity.coverage_base import CoverageStrategy, Similarities
from ml.strategies.pool import Pool

# Share of neighbourhoods that hold images of one cluster only, as in the source.
LEAST_PURITY = 0.95
# Smaller distances are rounding errors of float32: an image is always in its own neighbourhood.
LEAST_SQUARED_RADIUS = 1e-5


class ProbCover(CoverageStrategy):
    """Greedily picks the image whose neighbourhood holds the most images that are not covered yet.

    The radius leaves 95 % of the neighbourhoods pure, with k-means clusters, as many as classes, in place of labels.
    Once everything is covered, images are picked in the order of the pool.
    Source: ProbCover (Yehuda et al. 2022, "Active learning through a covering lens").
    """

    kind: ClassVar = "probability-cover"

    def squared_radius(self, pool: Pool, squared: SquaredDistances, *, rng: np.random.Generator) -> float:
        """Choose the radius by purity; infinite if all images are alike."""
        found = k_means(pool.embeddings, max(pool.probabilities.shape[1], 2), rng=rng)
        to_others = _to_other_clusters(squared, found.members)
        most_impure = int((1 - LEAST_PURITY) * pool.size)
        return max(float(np.partition(to_others, most_impure)[most_impure]), LEAST_SQUARED_RADIUS)

    def similarities(self, squared: SquaredDistances, squared_radius: float) -> Similarities:
        """Return 1 within the radius, else 0."""
        return np.less(squared, squared_radius, out=squared)


def _to_other_clusters(squared: SquaredDistances, members: NDArray[np.intp]) -> SquaredDistances:
    """Compute the distance of each image to the nearest one of another cluster, infinite if there is no other cluster.

    Returns: (images,), squared.
    """
    least = np.empty(len(squared), dtype=np.float32)
    for cluster in np.unique(members):
        own = members == cluster
        least[own] = squared[np.ix_(own, ~own)].min(axis=1, initial=np.inf)
    return least
