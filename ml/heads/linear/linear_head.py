"""Defines the linear head, and the rotated features on which it is fitted faster."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.heads.base import HeadCost
from ml.types import Embeddings, Logits, Tensors


@dataclass(frozen=True, kw_only=True, eq=False)
class LinearHead:
    """A head with logits that are linear in the embedding.

    Attributes: weights: (classes, dimension); biases: (classes,), -inf for a class without a label.
    """

    weights: NDArray[np.float32]
    biases: NDArray[np.float32]

    def logits(self, embeddings: Embeddings) -> Logits:
        return (embeddings @ self.weights.T + self.biases).astype(np.float64)

    def tensors(self) -> Tensors:
        return {"weights": self.weights, "biases": self.biases}

    def cost(self) -> HeadCost:
        return HeadCost(parameters=self.weights.size + self.biases.size, multiply_adds=self.weights.size)


def restore_linear(tensors: Tensors) -> LinearHead:
    """Rebuild the head from `LinearHead.tensors`."""
    return LinearHead(weights=tensors["weights"], biases=tensors["biases"])


@dataclass(frozen=True, kw_only=True, eq=False)
class RotatedFeatures:
    """Coordinates on which an L2-regularised linear fit has the same solution as on the embeddings, but is faster.

    Centring only changes the intercept, which is not regularised. With fewer images than dimensions the solution lies
    in the span of the images (representer theorem), so a rotation into that span loses nothing.
    """

    mean: NDArray[np.float32]
    basis: NDArray[np.float32] | None
    coordinates: NDArray[np.float32]

    def head(self, weights: NDArray[np.float32], intercepts: NDArray[np.float32]) -> LinearHead:
        """Map a fit on the coordinates back to a head on embeddings.

        Args: weights: (classes, coordinates); intercepts: (classes,).
        """
        rotated = weights if self.basis is None else weights @ self.basis.T
        biases = intercepts - rotated @ self.mean
        return LinearHead(weights=rotated.astype(np.float32), biases=biases.astype(np.float32))


def rotated_features(embeddings: Embeddings) -> RotatedFeatures:
    """Centre the training images and, if they are fewer than dimensions, rotate them into their span."""
    mean = embeddings.mean(axis=0)
    centred = embeddings - mean
    images, dimension = centred.shape
    if images >= dimension:
        return RotatedFeatures(mean=mean, basis=None, coordinates=centred)
    basis, coordinates = np.linalg.qr(centred.T)
    return RotatedFeatures(mean=mean, basis=basis, coordinates=np.ascontiguousarray(coordinates.T))
