"""Layers whose numbers come from a generator, so that training neither reads nor changes torch's own randomness."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

# The variance that keeps a signal's size through a layer and the ReLU behind it: He et al. 2015, "Delving deep into
# rectifiers".
RELU_GAIN = 2.0


def random_layer(inputs: int, outputs: int, generator: torch.Generator) -> nn.Linear:
    """For every layer but the last."""
    layer = _unset_layer(inputs, outputs)
    nn.init.normal_(layer.weight, std=(RELU_GAIN / inputs) ** 0.5, generator=generator)
    nn.init.zeros_(layer.bias)
    return layer


def last_layer(inputs: int, outputs: int) -> nn.Linear:
    """Starts with logits of 0, so that nothing random stays in them: 2 points of accuracy on 5 labels a class."""
    layer = _unset_layer(inputs, outputs)
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


def _unset_layer(inputs: int, outputs: int) -> nn.Linear:
    # On the meta device, because a layer otherwise draws its first numbers from the generator that all share.
    return nn.Linear(inputs, outputs, device="meta").to_empty(device="cpu")


def numbers_of(layer: nn.Linear) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Weights (outputs, inputs) and biases (outputs,) of a trained layer."""
    return layer.weight.detach().numpy().copy(), layer.bias.detach().numpy().copy()


class Dropout(nn.Module):
    """As `nn.Dropout`, with a generator of its own."""

    def __init__(self, share: float, generator: torch.Generator) -> None:
        super().__init__()
        self.kept = 1 - share
        self.generator = generator

    def forward(self, inputs: Tensor) -> Tensor:
        if not self.training or self.kept == 1:
            return inputs
        return inputs * torch.empty_like(inputs).bernoulli_(self.kept, generator=self.generator) / self.kept
