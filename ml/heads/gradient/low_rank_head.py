"""Defines the trained low-rank head: its weight matrix is a product of two narrow matrices, kept as factors."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.heads.base import HeadCost
from ml.heads.gradient.standardised_features import WeightsAndBias
from ml.types import Embeddings, Logits, Tensors


@dataclass(frozen=True, kw_only=True, eq=False)
class LowRankHead:
    """A linear head of low rank.

    Attributes:
        directions: (rank, dimension).
        weights: (classes, rank).
        biases: (classes,), -inf for a class without a label.
    """

    directions: NDArray[np.float32]
    weights: NDArray[np.float32]
    biases: NDArray[np.float32]

    def logits(self, embeddings: Embeddings) -> Logits:
        return (embeddings @ self.directions.T @ self.weights.T + self.biases).astype(np.float64)

    def tensors(self) -> Tensors:
        return {"directions": self.directions, "weights": self.weights, "biases": self.biases}

    def cost(self) -> HeadCost:
        multiply_adds = self.directions.size + self.weights.size
        return HeadCost(parameters=multiply_adds + self.biases.size, multiply_adds=multiply_adds)


def low_rank_head(first: WeightsAndBias, last: WeightsAndBias) -> LowRankHead:
    """Build the head, and fold the biases of the first layer into those of the last.

    Args: first: on embeddings; last: of all classes.
    """
    (directions, inner_biases), (weights, biases) = first, last
    return LowRankHead(directions=directions, weights=weights, biases=biases + weights @ inner_biases)


def restore_low_rank(tensors: Tensors) -> LowRankHead:
    """Rebuild the head from `LowRankHead.tensors`."""
    return LowRankHead(**tensors)
