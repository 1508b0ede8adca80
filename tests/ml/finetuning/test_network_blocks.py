"""Tests that networks of every family have blocks, and that the last blocks can be trained alone."""

import pytest
import timm
from torch import nn

from ml.errors import NotTunable
from ml.finetuning.network_blocks import last_blocks
from tests.ml.tiny_networks import tiny_network


def network_of(architecture: str) -> nn.Module:
    network: nn.Module = timm.create_model(architecture, num_classes=0)
    return network


@pytest.mark.parametrize(
    ("architecture", "parts"),
    [
        ("resnet18", {"layer4.1."}),
        ("vit_tiny_patch16_224", {"blocks.11.", "norm."}),
        ("convnext_atto", {"stages.3.blocks.1.", "head.norm."}),
        ("tf_efficientnet_lite0", {"blocks.6.0.", "conv_head.", "bn2."}),
        ("inception_v3", {"Mixed_7c."}),
    ],
)
def test_the_last_block_reaches_to_the_end_of_the_network(architecture: str, parts: set[str]) -> None:
    network = network_of(architecture)

    found = last_blocks(network, 1).names

    assert found == {name for name, _ in network.named_parameters() if name.startswith(tuple(parts))}


@pytest.mark.parametrize("architecture", ["test_resnet", "test_vit", "test_convnext", "test_efficientnet"])
def test_more_blocks_hold_fewer_blocks(architecture: str) -> None:
    network = network_of(architecture)

    one, two, three = (last_blocks(network, count).names for count in (1, 2, 3))

    assert one < two < three


def test_all_blocks_are_all_of_the_network() -> None:
    network = network_of("resnet18")

    # The stem and eight residual blocks.
    assert last_blocks(network, 9).names == {name for name, _ in network.named_parameters()}


def test_more_blocks_than_there_are_are_refused() -> None:
    with pytest.raises(NotTunable, match="10 blocks cannot be fine-tuned: this network has 9"):
        last_blocks(network_of("resnet18"), 10)


def test_no_block_is_refused() -> None:
    with pytest.raises(NotTunable, match="0 blocks"):
        last_blocks(network_of("resnet18"), 0)


def test_a_network_that_does_not_know_its_blocks_is_refused() -> None:
    with pytest.raises(NotTunable, match="timm: encoder"):
        last_blocks(nn.Linear(2, 2), 1)


def test_only_the_last_blocks_take_gradients() -> None:
    network = tiny_network().module
    blocks = last_blocks(network, 2)

    blocks.freeze_others(network)

    assert {name for name, each in network.named_parameters() if each.requires_grad} == blocks.names
    assert [id(each) for each in blocks.parameters(network)] == [
        id(each) for each in network.parameters() if each.requires_grad
    ]
