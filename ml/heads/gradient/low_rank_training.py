"""Trains two layers with few values between them: first the directions that are looked along, then their weights."""

from dataclasses import dataclass

import torch
from torch import Tensor

from ml.heads.gradient.layers import last_layer, numbers_of, random_layer
from ml.heads.gradient.lbfgs import UNBOUNDED, ParameterBounds, minimise_lbfgs
from ml.heads.gradient.losses.registry import Loss
from ml.heads.gradient.standardised_features import StandardisedFeatures, WeightsAndBias

NOT_NEGATIVE: ParameterBounds = (0.0, None)
# So many fixed choices of what is left out stand for all: what is minimised must not change while it is.
DROPOUT_DRAWS = 8


@dataclass(frozen=True, kw_only=True)
class LowRankConfig:
    """What a narrow network is like.

    rank: how many values there are between the layers; relu: whether only positive ones count.
    nonnegative: whether all weights are at least 0; dropout: the share of the values left out in training.
    l2: the penalty on half the squares of all weights beside the losses of all images. On both layers at once it is a
        penalty on the nuclear norm of their product: Srebro et al. 2005, "Maximum-margin matrix factorization".
    """

    rank: int
    relu: bool = False
    nonnegative: bool = False
    dropout: float = 0.0
    l2: float


def train_low_rank(
    narrow: LowRankConfig, examples: StandardisedFeatures, loss: Loss, generator: torch.Generator
) -> tuple[WeightsAndBias, WeightsAndBias]:
    """Returns: the first layer, on embeddings, and the last, of all classes."""
    first = random_layer(examples.dimension, narrow.rank, generator)
    last = last_layer(narrow.rank, len(examples.images_per_class))
    inputs, classes = torch.from_numpy(examples.inputs), torch.from_numpy(examples.classes)
    # Inputs are longer than embeddings by the root of the dimension, and weights on them shorter.
    l2 = narrow.l2 * examples.dimension**0.5
    kept = _kept(narrow, len(classes), generator)
    repeated = classes.repeat(len(kept))

    def objective() -> Tensor:
        values = first(inputs)
        logits = last(kept * (values.relu() if narrow.relu else values)).flatten(0, 1)
        squares = first.weight.square().sum() + last.weight.square().sum()
        value: Tensor = loss(logits, repeated) + l2 / (2 * len(classes)) * squares
        return value

    if narrow.nonnegative:
        first.weight.data.abs_()
    of_weights = NOT_NEGATIVE if narrow.nonnegative else UNBOUNDED
    weights = [first.weight, last.weight, last.bias]
    bounds = [of_weights, of_weights, UNBOUNDED]
    # Without a ReLU the last biases say all that the first ones could.
    if narrow.relu:
        weights.append(first.bias)
        bounds.append(UNBOUNDED)
    minimise_lbfgs(objective, weights, bounds=bounds)
    return examples.on_embeddings(numbers_of(first)), examples.of_all_classes(numbers_of(last))


def _kept(narrow: LowRankConfig, images: int, generator: torch.Generator) -> Tensor:
    """(draws, images, rank): what the values are multiplied by, of mean 1."""
    if narrow.dropout == 0:
        return torch.ones(1, 1, 1)
    share = 1 - narrow.dropout
    return torch.empty(DROPOUT_DRAWS, images, narrow.rank).bernoulli_(share, generator=generator) / share
