"""Base class of coverage strategies, which pick images that as much of the pool as possible is similar to."""

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

# (candidates, covered) float32 in 0..1: how much picking a candidate covers another image.
Similarities = NDArray[np.float32]

# Number of gains that are computed again at a time: few are needed for each picked image.
REFRESHED_AT_ONCE = 64
PICKED = -np.inf


class CoverageStrategy(BatchStrategy):
    """Coverage of the pool, exact up to 7,000 images.

    A larger pool is subsampled to 7,000, both as candidates and as what must be covered.

    Attributes: most_compared: those 7,000; their similarities take 200 MB. Coverage is a mean over the pool, and 7,000
        random images estimate it to about 1 %.
    """

    most_compared: ClassVar[int] = 7_000

    @abstractmethod
    def squared_radius(self, pool: Pool, squared: SquaredDistances, *, rng: np.random.Generator) -> float:
        """Choose the squared radius within which an image covers others, above 0.

        Args: squared: (images, images) distances within the pool.
        """

    @abstractmethod
    def similarities(self, squared: SquaredDistances, squared_radius: float) -> Similarities:
        """Convert distances to coverage in 0..1; 0 for an infinite distance.

        Args: squared: of any shape, may be overwritten to save memory.
        """

    def weights(self, pool: Pool, *, rng: np.random.Generator) -> NDArray[np.float32]:
        """Weigh each image that must be covered; here all equally. Returns: (images,), 0 and above."""
        return np.ones(pool.size, dtype=np.float32)

    def choose(self, pool: Pool, count: int, *, rng: np.random.Generator) -> Rows:
        """Pick by coverage of the subsample; if that is used up, pick at random."""
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
    """Pick candidates greedily that maximise the weighted mean similarity of images to their nearest picked candidate.

    Args: similarities: overwritten, to save memory; covered: (covered,) in 0..1, how much each image is covered
        already; weights: (covered,), 0 and above; count: at most the number of candidates.
    Returns: (count,) candidates in the order of picking; ties go to the first.
    """
    similarities *= weights
    greedy = _Greedy(similarities=similarities, covered=covered * weights, at_most=np.full(len(similarities), np.inf))
    return np.array([greedy.pick() for _ in range(count)], dtype=np.intp)


@dataclass(kw_only=True, eq=False)
class _Greedy:
    """Lazy greedy algorithm (Minoux 1978): gains only shrink, so most need not be computed again.

    Attributes: similarities, covered: weighted; at_most: (candidates,) upper bound of each gain.
    """

    similarities: Similarities
    covered: NDArray[np.float32]
    at_most: NDArray[np.float64]

    def pick(self) -> int:
        """Pick the candidate of the largest gain."""
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
