"""Gated head: softmax regression with feature selection; a gate closes each dimension that adds little."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ml.heads.base import Head, HeadCost
from ml.heads.gradient.base import GradientHead
from ml.heads.gradient.standardised_features import StandardisedFeatures
from ml.types import Embeddings, Logits, Tensors

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, kw_only=True, eq=False)
class GatedHead:
    """A linear head over the open dimensions only.

    Attributes:
        open_dimensions: (open,), ascending.
        weights: (classes, open), already multiplied by the gates.
        biases: (classes,), -inf for a class without a label.
    """

    open_dimensions: NDArray[np.int64]
    weights: NDArray[np.float32]
    biases: NDArray[np.float32]

    def logits(self, embeddings: Embeddings) -> Logits:
        logits: Logits = (embeddings[:, self.open_dimensions] @ self.weights.T + self.biases).astype(np.float64)
        return logits

    def tensors(self) -> Tensors:
        return {"open_dimensions": self.open_dimensions, "weights": self.weights, "biases": self.biases}

    def cost(self) -> HeadCost:
        numbers = self.open_dimensions.size + self.weights.size + self.biases.size
        return HeadCost(parameters=numbers, multiply_adds=self.weights.size)


class Gated(GradientHead):
    """Softmax regression with a gate per dimension under an L1 penalty.

    Attributes:
        l1: penalty on open gates; it is multiplied by the square root of the number of images, because noise grows so.
        l2: penalty on large weights.
    """

    kind: ClassVar = "gated"
    l1: float = Field(default=0.004, gt=0, le=1e3)
    l2: float = Field(default=0.1, gt=0, le=1e6)

    def train_on(self, features: StandardisedFeatures, generator: "torch.Generator") -> Head:
        from ml.heads.gradient.gate_training import train_gated  # noqa: PLC0415

        layer, gates = train_gated(features, self.loss_for(features), l1=self.l1, l2=self.l2)
        weights, biases = features.of_all_classes(features.on_embeddings(layer))
        is_open = np.flatnonzero(gates)
        return GatedHead(open_dimensions=is_open, weights=np.ascontiguousarray(weights[:, is_open]), biases=biases)

    def restore(self, tensors: Tensors) -> Head:
        return GatedHead(**tensors)
