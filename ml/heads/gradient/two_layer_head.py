"""Defines the trained head of two layers with a ReLU between them; it runs without torch."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.heads.base import HeadCost
from ml.heads.gradient.standardised_features import WeightsAndBias
from ml.types import Embeddings, Logits, Tensors


@dataclass(frozen=True, kw_only=True, eq=False)
class TwoLayerHead:
    """Two linear layers with a ReLU between them.

    Attributes:
        inner_weights: (width, dimension).
        inner_biases: (width,).
        weights: (classes, width).
        biases: (classes,), -inf for a class without a label.
    """

    inner_weights: NDArray[np.float32]
    inner_biases: NDArray[np.float32]
    weights: NDArray[np.float32]
    biases: NDArray[np.float32]

    def logits(self, embeddings: Embeddings) -> Logits:
        inner = np.maximum(embeddings @ self.inner_weights.T + self.inner_biases, 0)
        logits: Logits = (inner @ self.weights.T + self.biases).astype(np.float64)
        return logits

    def tensors(self) -> Tensors:
        return {
            "inner_weights": self.inner_weights,
            "inner_biases": self.inner_biases,
            "weights": self.weights,
            "biases": self.biases,
        }

    def cost(self) -> HeadCost:
        weights, biases = self.inner_weights.size + self.weights.size, self.inner_biases.size + self.biases.size
        return HeadCost(parameters=weights + biases, multiply_adds=weights)


def two_layer_head(first: WeightsAndBias, last: WeightsAndBias) -> TwoLayerHead:
    """Build the head.

    Args: first: on embeddings; last: of all classes.
    """
    return TwoLayerHead(inner_weights=first[0], inner_biases=first[1], weights=last[0], biases=last[1])


def restore_two_layers(tensors: Tensors) -> TwoLayerHead:
    """Rebuild the head from `TwoLayerHead.tensors`."""
    return TwoLayerHead(**tensors)
