"""Multilayer perceptron (MLP) with one wide hidden layer, ReLU and dropout."""

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from ml.heads.base import Head
from ml.heads.gradient.base import GradientHead
from ml.heads.gradient.standardised_features import StandardisedFeatures
from ml.heads.gradient.two_layer_head import restore_two_layers, two_layer_head
from ml.types import Tensors

if TYPE_CHECKING:
    import torch

    from ml.heads.gradient.gradient_descent import OptimizerConfig


class Mlp(GradientHead):
    """MLP trained in mini-batches with early stopping on held-out images; without it if those are too few.

    Attributes:
        width: of the hidden layer.
        dropout: share of the hidden layer that is left out at each step.
        learning_rate: of AdamW in the first epoch.
        decay: factor of the learning rate from one epoch to the next.
        epochs: maximum.
        patience: number of epochs in a row without improvement after which early stopping ends.
    """

    kind: ClassVar = "mlp"
    width: int = Field(default=1024, ge=1, le=65_536)
    dropout: float = Field(default=0.5, ge=0, lt=1)
    learning_rate: float = Field(default=5e-4, gt=0, le=1)
    decay: float = Field(default=0.97, gt=0, le=1)
    weight_decay: float = Field(default=0.01, ge=0, le=10)
    batch_size: int = Field(default=128, ge=1, le=65_536)
    epochs: int = Field(default=100, ge=1, le=10_000)
    patience: int = Field(default=5, ge=1, le=10_000)

    def train_on(self, features: StandardisedFeatures, generator: "torch.Generator") -> Head:
        import torch  # noqa: PLC0415
        from torch import nn  # noqa: PLC0415

        from ml.heads.gradient.gradient_descent import TrainingSetup, train_network  # noqa: PLC0415
        from ml.heads.gradient.layers import Dropout, last_layer, numbers_of, random_layer  # noqa: PLC0415

        first = random_layer(features.dimension, self.width, generator)
        last = last_layer(self.width, len(features.images_per_class))
        network = nn.Sequential(first, nn.ReLU(), Dropout(self.dropout, generator), last)
        setup = TrainingSetup(
            network=network, loss=self.loss_for(features), optimizer=self._optimizer(), generator=generator
        )
        train_network(setup, torch.from_numpy(features.inputs), torch.from_numpy(features.classes))
        return two_layer_head(features.on_embeddings(numbers_of(first)), features.of_all_classes(numbers_of(last)))

    def restore(self, tensors: Tensors) -> Head:
        return restore_two_layers(tensors)

    def _optimizer(self) -> "OptimizerConfig":
        from ml.heads.gradient.gradient_descent import OptimizerConfig  # noqa: PLC0415

        return OptimizerConfig(
            learning_rate=self.learning_rate,
            decay=self.decay,
            weight_decay=self.weight_decay,
            batch_size=self.batch_size,
            epochs=self.epochs,
            patience=self.patience,
        )
