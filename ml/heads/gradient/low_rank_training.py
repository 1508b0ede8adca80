"""Trains a low-rank head as two layers with few values between them: directions, then weights per class."""

from dataclasses import dataclass

import torch
from torch import Tensor

from ml.heads.gradient.layers import last_layer, numbers_of, random_layer
from ml.heads.gradient.lbfgs import UNBOUNDED, ParameterBounds, minimise_lbfgs
from ml.heads.gradient.losses.base import Loss
from ml.heads.gradient.standardised_features import StandardisedFeatures, WeightsAndBias

NOT_NEGATIVE: ParameterBounds = (0.0, None)
# Number of dropout masks, drawn once: L-BFGS needs an objective that does not change.
DROPOUT_DRAWS = 8


@dataclass(frozen=True, kw_only=True)
class LowRankConfig:
    """Options of a low-rank network.

    Attributes:
        rank: number of values between the layers.
        relu: True for a ReLU between the layers.
        nonnegative: True if all weights must be at least 0.
        dropout: share of the values left out in training.
        l2: penalty on half the squared weights, beside the sum of the losses. On both layers together it is a penalty
            on the nuclear norm of their product (Srebro et al. 2005, "Maximum-margin matrix factorization").
    """

    rank: int
    relu: bool = False
    nonnegative: bool = False
    dropout: float = 0.0
    l2: float


def train_low_rank(
    config: LowRankConfig, features: StandardisedFeatures, loss: Loss, generator: torch.Generator
) -> tuple[WeightsAndBias, WeightsAndBias]:
    """Train both layers. Returns: the first layer, on embeddings, and the last, of all classes."""
    first = random_layer(features.dimension, config.rank, generator)
    last = last_layer(config.rank, len(features.images_per_class))
    inputs, classes = torch.from_numpy(features.inputs), torch.from_numpy(features.classes)
    # Standardised features are longer than embeddings by the root of the dimension, and their weights are smaller.
    l2 = config.l2 * features.dimension**0.5
    masks = _dropout_masks(config, len(classes), generator)
    repeated = classes.repeat(len(masks))

    def objective() -> Tensor:
        values = first(inputs)
        logits = last(masks * (values.relu() if config.relu else values)).flatten(0, 1)
        squares = first.weight.square().sum() + last.weight.square().sum()
        value: Tensor = loss(logits, repeated) + l2 / (2 * len(classes)) * squares
        return value

    if config.nonnegative:
        first.weight.data.abs_()
    of_weights = NOT_NEGATIVE if config.nonnegative else UNBOUNDED
    weights = [first.weight, last.weight, last.bias]
    bounds = [of_weights, of_weights, UNBOUNDED]
    # Without a ReLU the last biases make the first ones redundant.
    if config.relu:
        weights.append(first.bias)
        bounds.append(UNBOUNDED)
    minimise_lbfgs(objective, weights, bounds=bounds)
    return features.on_embeddings(numbers_of(first)), features.of_all_classes(numbers_of(last))


def _dropout_masks(config: LowRankConfig, images: int, generator: torch.Generator) -> Tensor:
    """Draw the dropout masks. Returns: (draws, images, rank), factors of mean 1."""
    if config.dropout == 0:
        return torch.ones(1, 1, 1)
    share = 1 - config.dropout
    return torch.empty(DROPOUT_DRAWS, images, config.rank).bernoulli_(share, generator=generator) / share
