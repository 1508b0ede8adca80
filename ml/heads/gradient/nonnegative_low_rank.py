"""Low rank without a negative weight: an embedding is made of parts, and each part only ever speaks for classes."""

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
    """Both factors at least 0: Lee & Seung 1999, "Learning the parts of objects by non-negative matrix factorization".

    The bounds hold by projection while the loss is minimised (Byrd et al. 1995), so that weights end at exactly 0.
    Since softmax ignores what all logits share, any flat head has the same answers as one without a negative weight.

    Attributes: rank: how many parts, 0 for half as many numbers as a flat head has; l2: the penalty on large weights.
    """

    kind: ClassVar = "nonnegative-low-rank"
    rank: int = Field(default=0, ge=0)
    l2: float = Field(default=0.3, gt=0, le=1e6)

    def train_on(self, examples: StandardisedFeatures, generator: "torch.Generator") -> Head:
        rank = saving_rank(self.kind, self.rank, examples)
        from ml.heads.gradient.low_rank_training import LowRankConfig, train_low_rank  # noqa: PLC0415

        narrow = LowRankConfig(rank=rank, nonnegative=True, l2=self.l2)
        return low_rank_head(*train_low_rank(narrow, examples, self.loss_for(examples), generator))

    def restore(self, tensors: Tensors) -> Head:
        return restore_low_rank(tensors)
