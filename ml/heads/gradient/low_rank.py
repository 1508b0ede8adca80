"""Low rank: logits through a few directions of the embedding, fewer numbers than a weight per class and dimension."""

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
    """Attributes:
    rank: how many directions; 0 for half as many numbers as a flat head has.
    relu: whether only what is positive along a direction counts; takes one number a direction more.
    dropout: the share of the directions left out for an image while training.
    l2: the penalty on large weights.
    """

    kind: ClassVar = "low-rank"
    rank: int = Field(default=0, ge=0)
    relu: bool = False
    dropout: float = Field(default=0.0, ge=0, lt=1)
    l2: float = Field(default=0.3, gt=0, le=1e6)

    def train_on(self, examples: StandardisedFeatures, generator: "torch.Generator") -> Head:
        rank = saving_rank(self.kind, self.rank, examples, biases=int(self.relu))
        from ml.heads.gradient.low_rank_training import LowRankConfig, train_low_rank  # noqa: PLC0415

        narrow = LowRankConfig(rank=rank, relu=self.relu, dropout=self.dropout, l2=self.l2)
        first, last = train_low_rank(narrow, examples, self.loss_for(examples), generator)
        return two_layer_head(first, last) if self.relu else low_rank_head(first, last)

    def restore(self, tensors: Tensors) -> Head:
        return restore_two_layers(tensors) if self.relu else restore_low_rank(tensors)


def saving_rank(kind: str, rank: int, examples: StandardisedFeatures, *, biases: int = 0) -> int:
    """The rank asked for, or with 0 the one that takes half the numbers of a weight per class and dimension.

    A rank r takes r numbers per dimension and per class, and r `biases`.

    Raises: InvalidHeadOptions: it takes no fewer numbers than a weight per class and dimension.
    """
    dimension, classes = examples.dimension, len(examples.present)
    flat, per_rank = dimension * classes, dimension + classes + biases
    largest = (flat - 1) // per_rank
    if max(rank, 1) > largest:
        hint = f"the largest that does is {largest}" if largest else "nor does any other: take softmax-regression"
        raise InvalidHeadOptions(
            f"{kind}: rank: {max(rank, 1)} saves no numbers with {dimension} dimensions and {classes} classes, {hint}"
        )
    return rank or max(1, flat // (2 * per_rank))
