"""Low-rank head: logits are computed from a few directions of the embedding, with fewer numbers than a linear head."""

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from ml.errors import InvalidHeadOptions
from ml.heads.base import Head
from ml.heads.gradient.base import GradientHead
from ml.heads.gradient.low_rank_head import low_rank_head, restore_low_rank
from ml.heads.gradient.standardised_features import StandardisedFeatures
from ml.heads.gradient.two_layer_head import restore_two_layers, two_layer_head
from ml.types import Tensors

if TYPE_CHECKING:
    import torch


class LowRank(GradientHead):
    """Linear head with a weight matrix of low rank, or two layers with a ReLU between them.

    Attributes:
        rank: number of directions; 0 for half as many numbers as a linear head has.
        relu: True for a ReLU after the first layer; it adds one bias per direction.
        dropout: share of the directions left out for an image in training.
        l2: penalty on large weights.
    """

    kind: ClassVar = "low-rank"
    rank: int = Field(default=0, ge=0)
    relu: bool = False
    dropout: float = Field(default=0.0, ge=0, lt=1)
    l2: float = Field(default=0.3, gt=0, le=1e6)

    def train_on(self, features: StandardisedFeatures, generator: "torch.Generator") -> Head:
        rank = saving_rank(self.kind, self.rank, features, biases=int(self.relu))
        from ml.heads.gradient.low_rank_training import LowRankConfig, train_low_rank  # noqa: PLC0415

        config = LowRankConfig(rank=rank, relu=self.relu, dropout=self.dropout, l2=self.l2)
        first, last = train_low_rank(config, features, self.loss_for(features), generator)
        return two_layer_head(first, last) if self.relu else low_rank_head(first, last)

    def restore(self, tensors: Tensors) -> Head:
        return restore_two_layers(tensors) if self.relu else restore_low_rank(tensors)


def saving_rank(kind: str, rank: int, features: StandardisedFeatures, *, biases: int = 0) -> int:
    """Return the given rank; for 0, the rank with half the numbers of a linear head.

    Rank r needs r numbers per dimension and per class, and r `biases`.

    Raises: InvalidHeadOptions: the rank needs at least as many numbers as a linear head.
    """
    dimension, classes = features.dimension, len(features.present)
    linear, per_rank = dimension * classes, dimension + classes + biases
    largest = (linear - 1) // per_rank
    if max(rank, 1) > largest:
        hint = f"the largest that does is {largest}" if largest else "nor does any other: use softmax-regression"
        raise InvalidHeadOptions(
            f"{kind}: rank: {max(rank, 1)} saves no numbers with {dimension} dimensions and {classes} classes, {hint}"
        )
    return rank or max(1, linear // (2 * per_rank))
