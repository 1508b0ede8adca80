"""Cluster-margin: doubtful images that differ, the one nearest each centre of clusters of the most doubtful ones."""

from typing import ClassVar

import numpy as np
from pydantic import Field

from ml.geometry.k_means import k_means
from ml.strategies.batch_base import BatchStrategy
from ml.strategies.pool import Pool
from ml.strategies.round_robin import nearest_to_centre
from ml.strategies.worth import most_worth_first, worth_of
from ml.types import Rows

# Images that are decided still have to weigh something, or centres of nothing else would be nowhere.
LEAST_WEIGHT = 1e-6


class ClusterMargin(BatchStrategy):
    """Shortlist by margin, then k-means in which each image weighs as much as it is worth.

    Sources: Citovsky et al. 2021, "Batch active learning at scale", for the two steps; Zhdanov 2019, "Diverse
    mini-batch active learning", for k-means weighted by worth. Before the first version, when all margins are alike,
    clusters of images drawn at random.

    Attributes: shortlist: how many images are clustered for each one wanted.
    """

    kind: ClassVar = "cluster-margin"
    shortlist: int = Field(default=10, ge=1, le=1_000)

    def choose(self, pool: Pool, count: int, *, rng: np.random.Generator) -> Rows:
        """What stands for clusters of the most worth comes first."""
        measuring, clustering = rng.spawn(2)
        worth = worth_of(self.measure, pool.probabilities, mode=pool.mode, rng=measuring)
        shortlist = most_worth_first(worth, rng=measuring)[: self.shortlist * count]
        weights = np.maximum(worth[shortlist], LEAST_WEIGHT)
        found = k_means(pool.embeddings[shortlist], count, weights=weights, rng=clustering)
        return shortlist[nearest_to_centre(found, weights=weights)][:count]
