"""Gated: softmax regression in which a gate closes each dimension of the embedding that adds little."""

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
    """Keeps and multiplies what belongs to open dimensions only.

    open_dimensions: (open,) int64, ascending; weights: (classes, open) float32, gates and all; biases: (classes,)
        float32, -inf for a class without a label.
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
    """Attributes:
    l1: the penalty on open gates, times the square root of the number of images, as noise grows; l2: on large weights.
    """

    kind: ClassVar = "gated"
    l1: float = Field(default=0.004, gt=0, le=1e3)
    l2: float = Field(default=0.1, gt=0, le=1e6)

    def train_on(self, examples: StandardisedFeatures, generator: "torch.Generator") -> Head:
        from ml.heads.gradient.gate_training import train_gated  # noqa: PLC0415

        layer, gates = train_gated(examples, self.loss_for(examples), l1=self.l1, l2=self.l2)
        weights, biases = examples.of_all_classes(examples.on_embeddings(layer))
        is_open = np.flatnonzero(gates)
        return GatedHead(open_dimensions=is_open, weights=np.ascontiguousarray(weights[:, is_open]), biases=biases)

    def restore(self, tensors: Tensors) -> Head:
        return GatedHead(**tensors)
