"""Tests loading the network of an encoder for training, if it is a single network."""

import pytest
import torch

from ml.encoders.registry import load_network
from ml.errors import EncoderUnavailable, UnknownEncoder


def test_network_gives_the_features_and_takes_gradients() -> None:
    network = load_network("efficientnet-lite0")

    features = network.module(torch.zeros(1, 3, 64, 64))

    assert features.shape == (1, 1280)
    assert features.requires_grad
    assert not network.module.training


@pytest.mark.parametrize(
    "name", ["openclip:ViT-B-32/openai", "timm:test_vit+timm:test_resnet", "finetuned:birds/7-0a1b2c3d"]
)
def test_what_is_not_one_network_of_its_own_is_refused(name: str) -> None:
    with pytest.raises(EncoderUnavailable, match="choose one of efficientnet-lite0"):
        load_network(name)


def test_unknown_name_is_refused() -> None:
    with pytest.raises(UnknownEncoder, match="efficientnet-lite0"):
        load_network("efficientnet-lite")
