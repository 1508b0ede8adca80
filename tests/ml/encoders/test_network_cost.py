"""Tests the cost of a network against counts worked out by hand."""

import torch
from torch import Tensor, nn

from ml.encoders.base import EncoderCost
from ml.encoders.network_cost import network_cost
from ml.encoders.registry import load_encoder, load_network


class TwoSides(nn.Module):
    """A network with two sides, of which images use only one."""

    def __init__(self) -> None:
        super().__init__()
        self.image_side = nn.Sequential(
            nn.Conv2d(3, 4, kernel_size=2, stride=2, bias=False), nn.Flatten(), nn.Linear(16, 5)
        )
        self.text_side = nn.Linear(100, 5)

    def forward(self, images: Tensor) -> Tensor:
        features: Tensor = self.image_side(images)
        return features


def test_products_and_convolutions_of_the_image_side_are_counted() -> None:
    # The convolution has 4 x 3 x 2 x 2 = 48 weights and gives 2 x 2 places: 192 multiply-adds. The linear layer has
    # 16 x 5 weights and 5 biases: 80 multiply-adds.
    assert network_cost(TwoSides(), height=4, width=4) == EncoderCost(parameters=48 + 85, multiply_adds=192 + 80)


def test_counting_leaves_the_network_as_it_was() -> None:
    network = TwoSides()
    before = network(torch.ones(1, 3, 4, 4))

    network_cost(network, height=4, width=4)

    assert torch.equal(network(torch.ones(1, 3, 4, 4)), before)
    assert not any(module._forward_pre_hooks for module in network.modules())


def test_the_default_encoder_costs_what_its_authors_say() -> None:
    # 4.7 million parameters and 407 million multiply-adds with the last layer, which has 1,281,000 of them.
    module = load_network("efficientnet-lite0").module

    cost = network_cost(module, height=224, width=224)

    assert cost.parameters == sum(parameter.numel() for parameter in module.parameters())
    assert round((cost.parameters + 1_281_000) / 1e6, 1) == 4.7
    assert 380e6 < cost.multiply_adds < 407e6


def test_encoders_side_by_side_cost_what_they_do_together() -> None:
    one, two = load_encoder("efficientnet-lite0"), load_encoder("efficientnet-lite0+efficientnet-lite0")

    assert one.cost.parameters * 2 == two.cost.parameters  # type: ignore[attr-defined]
    assert one.cost.multiply_adds * 2 == two.cost.multiply_adds  # type: ignore[attr-defined]
