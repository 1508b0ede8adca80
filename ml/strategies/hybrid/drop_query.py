"""DropQuery: picks images whose predicted label changes when most of their embedding is dropped, one per cluster."""

from collections.abc import Callable
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ml.geometry.k_means import k_means
from ml.geometry.l2_normalise import l2_normalise
from ml.strategies.batch_base import BatchStrategy
from ml.strategies.pool import Pool
from ml.strategies.round_robin import nearest_to_centre
from ml.strategies.worth import most_worth_first, worth_of
from ml.types import Embeddings, Probabilities, Rows

# Bounds the memory of embeddings with dropped parts: 8,192 x 1,280 are 40 MB.
IMAGES_AT_ONCE = 8_192


class DropQuery(BatchStrategy):
    """Clusters the images whose label changes in most tries; margin orders the rest, and all before a version.

    Source: Gupte et al. 2024, "Revisiting active learning in the era of vision foundation models" (arXiv 2401.14555).

    Attributes: tries: number of random masks per image; dropped: probability that a number of the embedding is dropped.
    """

    kind: ClassVar = "drop-query"
    tries: int = Field(default=3, ge=1, le=100)
    dropped: float = Field(default=0.75, gt=0, lt=1)

    def choose(self, pool: Pool, count: int, *, rng: np.random.Generator) -> Rows:
        """Pick images; those of the largest clusters come first."""
        measuring, dropping, clustering = rng.spawn(3)
        worth = worth_of(self.measure, pool.probabilities, mode=pool.mode, rng=measuring)
        by_margin = most_worth_first(worth, rng=measuring)
        changeable = np.flatnonzero(2 * self.changes(pool, rng=dropping) > self.tries)
        nearest = _nearest_to_centres(pool.embeddings, changeable, count, rng=clustering)
        return np.concatenate([nearest, by_margin[~np.isin(by_margin, nearest)]])[:count]

    def changes(self, pool: Pool, *, rng: np.random.Generator) -> NDArray[np.intp]:
        """Count the tries in which the label of each image changes; 0 before the first version. Returns: (images,)."""
        changes = np.zeros(pool.size, dtype=np.intp)
        if pool.classify is None:
            return changes
        for start in range(0, pool.size, IMAGES_AT_ONCE):
            rows = slice(start, start + IMAGES_AT_ONCE)
            whole = pool.mode.hard_labels(pool.probabilities[rows])
            for _ in range(self.tries):
                part = self._classify_part(pool.classify, pool.embeddings[rows], rng=rng)
                changes[rows] += (pool.mode.hard_labels(part) != whole).any(axis=1)
        return changes

    def _classify_part(
        self, classify: Callable[[Embeddings], Probabilities], embeddings: Embeddings, *, rng: np.random.Generator
    ) -> Probabilities:
        kept = rng.random(embeddings.shape, dtype=np.float32) >= self.dropped
        return classify(l2_normalise(embeddings * kept))


def _nearest_to_centres(embeddings: Embeddings, rows: Rows, count: int, *, rng: np.random.Generator) -> Rows:
    if len(rows) == 0:
        return rows
    return rows[nearest_to_centre(k_means(embeddings[rows], count, rng=rng))][:count]
