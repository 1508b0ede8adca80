"""Cluster-margin: picks uncertain images that differ, by clustering the most uncertain ones."""

from typing import ClassVar

import numpy as np
from pydantic import Field

from ml.geometry.k_means import k_means
from ml.strategies.batch_base import BatchStrategy
from ml.strategies.pool import Pool
from ml.strategies.round_robin import nearest_to_centre
from ml.strategies.worth import most_worth_first, worth_of
from ml.types import Rows

# Images without any uncertainty still need some weight, or a cluster of them alone would have no centre.
LEAST_IMAGE_WEIGHT = 1e-6


class ClusterMargin(BatchStrategy):
    """Shortlist by margin, then k-means weighted by worth; picks the image nearest to each centre.

    Sources: Citovsky et al. 2021, "Batch active learning at scale", for the two steps; Zhdanov 2019, "Diverse
    mini-batch active learning", for k-means weighted by worth. Before the first version, when all margins are equal,
    it clusters random images.

    Attributes: shortlist: number of clustered images per image to pick.
    """

    kind: ClassVar = "cluster-margin"
    shortlist: int = Field(default=10, ge=1, le=1_000)

    def choose(self, pool: Pool, count: int, *, rng: np.random.Generator) -> Rows:
        """Pick images; those of the clusters with the most worth come first."""
        measuring, clustering = rng.spawn(2)
        worth = worth_of(self.measure, pool.probabilities, mode=pool.mode, rng=measuring)
        shortlist = most_worth_first(worth, rng=measuring)[: self.shortlist * count]
        weights = np.maximum(worth[shortlist], LEAST_IMAGE_WEIGHT)
        found = k_means(pool.embeddings[shortlist], count, weights=weights, rng=clustering)
        return shortlist[nearest_to_centre(found, weights=weights)][:count]
