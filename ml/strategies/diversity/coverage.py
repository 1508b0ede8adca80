"""Picks the images that are similar to as much of the pool as possible, one after the other."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.types import Rows

# (candidates, covered) float32 in 0..1: how much picking one image covers of another.
Similarities = NDArray[np.float32]

# Gains that are computed anew at a time: few are needed for each image picked.
REFRESHED_AT_ONCE = 64
PICKED = -np.inf


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
