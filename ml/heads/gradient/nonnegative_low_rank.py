"""Low-rank head without negative weights: each part of an embedding is evidence for classes, never against them."""

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from ml.heads.base import Head
from ml.heads.gradient.base import GradientHead
from ml.heads.gradient.low_rank import saving_rank
from ml.heads.gradient.low_rank_head import low_rank_head, restore_low_rank
from ml.heads.gradient.standardised_features import StandardisedFeatures
from ml.types import Tensors

if TYPE_CHECKING:
    import torch


class NonnegativeLowRank(GradientHead):
    """Low-rank head with both factors at least 0, as in non-negative matrix factorization.

    Source: Lee and Seung 1999, "Learning the parts of objects by non-negative matrix factorization". The optimizer
    keeps the bounds by projection (Byrd et al. 1995), so that weights become exactly 0. Softmax ignores a constant
    added to all logits, so any linear head gives the same probabilities as some head without negative weights.

    Attributes:
        rank: number of parts; 0 for half as many numbers as a linear head has.
        l2: penalty on large weights.
    """

    kind: ClassVar = "nonnegative-low-rank"
    rank: int = Field(default=0, ge=0)
    l2: float = Field(default=0.3, gt=0, le=1e6)

    def train_on(self, features: StandardisedFeatures, generator: "torch.Generator") -> Head:
        rank = saving_rank(self.kind, self.rank, features)
        from ml.heads.gradient.low_rank_training import LowRankConfig, train_low_rank  # noqa: PLC0415

        config = LowRankConfig(rank=rank, nonnegative=True, l2=self.l2)
        return low_rank_head(*train_low_rank(config, features, self.loss_for(features), generator))

    def restore(self, tensors: Tensors) -> Head:
        return restore_low_rank(tensors)
