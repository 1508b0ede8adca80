"""A small network: one wide layer with ReLU and dropout between the embedding and the logits."""

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from ml.head import Head, Tensors
from ml.heads.examples import Examples
from ml.heads.gradient_head import GradientHead
from ml.heads.two_layers import restore_two_layers, two_layer_head

if TYPE_CHECKING:
    import torch


class Mlp(GradientHead):
    """Attributes: width: of the layer in between; dropout: the share of it left out at each step of training."""

    kind: ClassVar = "mlp"
    width: int = Field(default=1024, ge=1, le=65_536)
    dropout: float = Field(default=0.5, ge=0, lt=1)

    def train_on(self, examples: Examples, generator: "torch.Generator") -> Head:
        from ml.heads.layers import Dropout, TwoLayers, last_layer, numbers_of, random_layer  # noqa: PLC0415

        network = TwoLayers(
            random_layer(examples.dimension, self.width, generator),
            last_layer(self.width, len(examples.images_per_class)),
            relu=True,
            dropout=Dropout(self.dropout, generator),
        )
        self.descend(network, examples, generator)
        return two_layer_head(
            examples.on_embeddings(numbers_of(network.first)), examples.of_all_classes(numbers_of(network.last))
        )

    def restore(self, tensors: Tensors) -> Head:
        return restore_two_layers(tensors)
