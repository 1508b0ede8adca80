"""Auto: TypiClust first, then uncertainty herding, then cluster-margin, by the number of labels."""

from typing import ClassVar

import numpy as np

from ml.strategies.base import BaseStrategy
from ml.strategies.batch_base import BatchStrategy
from ml.strategies.diversity.typiclust import TypiClust
from ml.strategies.hybrid.cluster_margin import ClusterMargin
from ml.strategies.hybrid.uncertainty_herding import UncertaintyHerding
from ml.strategies.pool import Pool
from ml.types import Rows

# Up to this many labels per class, coverage counts. Five instead cost up to 2 points on Fashion-MNIST, and made no
# difference elsewhere.
LABELS_PER_CLASS_TO_COVER = 20
# Number of clustered images per image to pick. 2, 3 and 5 were equally good; 10 was worse with many labels.
SHORTLIST = 3


class Auto(BatchStrategy):
    """TypiClust before the first version, uncertainty herding up to 20 labels per class, then cluster-margin.

    Chosen by measurements on six sets of images: ADR 0022.
    """

    kind: ClassVar = "auto"

    def choose(self, pool: Pool, count: int, *, rng: np.random.Generator) -> Rows:
        return stage_of(pool).choose(pool, count, rng=rng)


def stage_of(pool: Pool) -> BaseStrategy:
    """Return the strategy that does best with this number of labels."""
    labeled, classes = pool.labeled_targets.shape
    if pool.classify is None:
        return TypiClust()
    if labeled < LABELS_PER_CLASS_TO_COVER * classes:
        return UncertaintyHerding()
    return ClusterMargin(shortlist=SHORTLIST)
