"""Auto: covers the pool while labels are few, then asks about doubtful images that differ."""

from typing import ClassVar

import numpy as np

from ml.pool import Pool, Rows
from ml.strategies.batch_kind import BatchKind
from ml.strategies.cluster_margin import ClusterMargin
from ml.strategies.seen_by_texts import seen_by_texts
from ml.strategies.uncertainty_herding import UncertaintyHerding

# From so many labels a class on, doubt means something. Measured on six sets, with borders from 3 to 30: ADR 0022.
LABELS_A_CLASS_TO_COVER = 5
# Longer shortlists were no better with few labels, and worse with many.
SHORTLIST = 3


class Auto(BatchKind):
    """Uncertainty herding up to five labels a class on average, cluster-margin from there on.

    Before the first version doubt is that of a zero-shot answer where the encoder has a text side, else that of nobody,
    so that only coverage counts. What decided: ADR 0022.
    """

    kind: ClassVar = "auto"
    uses_texts: ClassVar[bool] = True

    def choose(self, pool: Pool, count: int, *, rng: np.random.Generator) -> Rows:
        """As the strategy of its stage chooses."""
        if covers(pool):
            return UncertaintyHerding().choose(seen_by_texts(pool), count, rng=rng)
        return ClusterMargin(shortlist=SHORTLIST).choose(pool, count, rng=rng)


def covers(pool: Pool) -> bool:
    """Whether labels are so few that images are picked to cover the pool."""
    labeled, classes = pool.labeled_targets.shape
    return pool.classify is None or labeled < LABELS_A_CLASS_TO_COVER * classes
