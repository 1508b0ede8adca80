"""Turns an image's nearest neighbours into logits: each votes for its own class."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ml.geometry.nearest import Neighbours
from ml.types import Logits, Tensors

# Added to each class's votes, so that a class without a neighbour is unlikely but not impossible. Of 0.03 to 1, 0.1 and
# 0.3 had the least log-loss on scenes, digits and clothes.
SMOOTHING = 0.1
EQUAL = np.inf


@dataclass(frozen=True, kw_only=True)
class VotingRule:
    """How many neighbours vote, and how fast a vote loses weight with distance.

    A vote weighs exp(similarity / width), as in Wu et al. 2018, "Unsupervised feature learning via non-parametric
    instance discrimination", and DINO's kNN evaluation, both with a width of 0.07. EQUAL width means equal votes.

    Attributes: k: of neighbours, all there are where there are fewer.
    """

    k: int
    width: float

    def logits(self, neighbours: Neighbours, classes: NDArray[np.int32], present: NDArray[np.bool_]) -> Logits:
        """The logarithm of each class's smoothed votes, k in sum.

        Args: classes: (rows,), of what was searched; present: (classes,), which of them have a row.
        Returns: (images, classes), -inf for a class without a row.
        """
        voters = classes[neighbours.rows]
        images = np.arange(len(voters))[:, np.newaxis]
        votes = np.zeros((len(voters), len(present)))
        np.add.at(votes, (images, voters), self._weights(neighbours))
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(np.where(present, votes + SMOOTHING, 0)))

    def tensors(self) -> Tensors:
        return {"k": np.array(self.k), "width": np.array(self.width)}

    @classmethod
    def restore(cls, tensors: Tensors) -> Self:
        """From what `tensors` gave."""
        return cls(k=int(tensors["k"]), width=float(tensors["width"]))

    def _weights(self, neighbours: Neighbours) -> NDArray[np.float64]:
        """Returns: (images, neighbours), rows sum to the number of neighbours."""
        found = neighbours.rows >= 0
        similarities = np.where(found, neighbours.similarities, -1).astype(np.float64)
        nearest = similarities.max(axis=1, keepdims=True)
        weights: NDArray[np.float64] = np.exp((similarities - nearest) / self.width) * found
        return np.asarray(weights * (found.sum(axis=1, keepdims=True) / weights.sum(axis=1, keepdims=True)))
