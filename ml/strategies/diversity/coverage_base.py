"""Base class of strategies that pick images to which as much of the pool as possible is similar (coverage)."""

from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ml.geometry.distances import SquaredDistances, squared_distances
from ml.geometry.nearest import nearest_by_distance
from ml.strategies.batch_base import BatchStrategy
from ml.strategies.pool import Pool
from ml.types import Rows

# (candidates, covered) float32 in 0..1: how much picking one image covers of another.
Similarities = NDArray[np.float32]

# Gains that are computed anew at a time: few are needed for each image picked.
REFRESHED_AT_ONCE = 64
PICKED = -np.inf


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


def most_covering(
    similarities: Similarities, *, covered: NDArray[np.float32], weights: NDArray[np.float32], count: int
) -> Rows:
    """Greedily maximise the weighted mean, over all that is to be covered, of the similarity to what is picked.

    Args: similarities: used up, for memory; covered: (covered,) in 0..1, how much each is covered before;
        weights: (covered,), 0 and above; count: at most the number of candidates.
    Returns: (count,) candidates in the order of picking, of equals the first.
    """
    similarities *= weights
    greedy = _Greedy(similarities=similarities, covered=covered * weights, at_most=np.full(len(similarities), np.inf))
    return np.array([greedy.pick() for _ in range(count)], dtype=np.intp)


@dataclass(kw_only=True, eq=False)
class _Greedy:
    """Lazy: what a candidate adds only shrinks, so that most need no look (Minoux 1978).

    Attributes: similarities, covered: weighted; at_most: (candidates,) what each adds at most.
    """

    similarities: Similarities
    covered: NDArray[np.float32]
    at_most: NDArray[np.float64]

    def pick(self) -> int:
        """The candidate that adds most."""
        is_exact = self.at_most == PICKED
        while not is_exact[best := int(self.at_most.argmax())]:
            promising = _largest(np.where(is_exact, PICKED, self.at_most))
            promising = promising[~is_exact[promising]]
            self.at_most[promising] = self._gains(promising)
            is_exact[promising] = True
        self.at_most[best] = PICKED
        np.maximum(self.covered, self.similarities[best], out=self.covered)
        return best

    def _gains(self, candidates: Rows) -> NDArray[np.float64]:
        added = self.similarities[candidates]
        added -= self.covered
        return np.asarray(np.maximum(added, 0, out=added).sum(axis=1), dtype=np.float64)


def _largest(values: NDArray[np.float64]) -> Rows:
    if len(values) <= REFRESHED_AT_ONCE:
        return np.arange(len(values))
    return np.argpartition(values, -REFRESHED_AT_ONCE)[-REFRESHED_AT_ONCE:]
