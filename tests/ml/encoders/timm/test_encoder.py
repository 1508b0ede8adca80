"""Tests timm encoders: same features as timm, preparation from the weights, and errors for bad weights."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import timm
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from timm.data.transforms_factory import create_transform
from torch import Tensor, nn

from ml.encoders.base import Execution
from ml.encoders.efficientnet_lite.encoder import load_efficientnet_lite_network
from ml.encoders.frozen import Network
from ml.encoders.timm.encoder import load_timm, load_timm_network
from ml.errors import EncoderUnavailable
from ml.images.image import Pixels

FASHION = sorted((Path(__file__).parents[3] / "fixtures" / "fashion").glob("*.png"))[:6]
SMALL = "test_resnet"
PHOTO = (np.indices((160, 240)).sum(axis=0)[..., None] * np.array([0.6, 0.4, 0.2]) + 7).astype(np.uint8)


def _weights(model: str = SMALL, **arguments: Any) -> dict[str, Tensor]:
    """Random weights, the same in each test."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        tensors: dict[str, Tensor] = timm.create_model(model, **arguments).state_dict()
    return tensors


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "model.safetensors"
    save_file(_weights(), path)
    return path


def _no_network(model: str) -> nn.Module:
    raise OSError("Temporary failure in name resolution")


def _network(path: Path, model: str = SMALL) -> Network:
    return load_timm_network(f"timm:{model}@{path}", fetch=_no_network)


@pytest.mark.parametrize("model", ["test_resnet", "test_convnext", "test_efficientnet", "test_vit"])
def test_embeddings_are_what_the_classifier_of_timm_reads(tmp_path: Path, model: str) -> None:
    save_file(_weights(model), tmp_path / "weights.safetensors")
    network: Any = timm.create_model(model).eval()
    network.load_state_dict(_weights(model))
    encoder = load_timm(f"timm:{model}@{tmp_path}/weights.safetensors", Execution(threads=1))
    batch = np.stack([encoder.prepare(PHOTO), encoder.prepare(PHOTO[::-1])])

    with torch.inference_mode():
        scaled = torch.from_numpy(batch) / 255
        mean, deviation = (torch.tensor(network.pretrained_cfg[key]).reshape(1, 3, 1, 1) for key in ("mean", "std"))
        features = network.forward_head(network.forward_features((scaled - mean) / deviation), pre_logits=True)
    expected = nn.functional.normalize(features, dim=-1).numpy()
    np.testing.assert_allclose(encoder.encode(batch), expected, atol=1e-5)


def test_real_weights_embed_as_the_default_encoder_does(tmp_path: Path) -> None:
    default = load_efficientnet_lite_network("efficientnet-lite0")
    save_file(default.module.state_dict(), tmp_path / "lite0.safetensors")
    _describe(tmp_path, "tf_efficientnet_lite0", mean=[127 / 255] * 3, std=[128 / 255] * 3)
    images = [np.array(Image.open(path).convert("RGB")) for path in FASHION]

    embeddings = _embeddings(_network(tmp_path / "lite0.safetensors", "tf_efficientnet_lite0"), images)

    np.testing.assert_allclose(embeddings, _embeddings(default, images), atol=1e-6)


def _embeddings(network: Network, images: list[Pixels]) -> Any:
    description = network.description
    batch = torch.from_numpy(np.stack([description.preparation(image) for image in images]))
    mean, deviation = (torch.tensor(each).reshape(1, 3, 1, 1) for each in asdict(description.normalisation).values())
    with torch.inference_mode():
        return nn.functional.normalize(network.module((batch - mean) / deviation), dim=-1).numpy()


def _describe(folder: Path, architecture: str, **described: Any) -> None:
    (folder / "config.json").write_text(json.dumps({"architecture": architecture, "pretrained_cfg": described}))


@pytest.mark.parametrize(
    ("crop_mode", "crop_pct", "interpolation"),
    [("center", 0.8, "bicubic"), ("center", 1.0, "bilinear"), ("squash", 0.9, "bicubic"), ("border", 1.0, "bicubic")],
)
def test_images_are_prepared_as_the_weights_describe(
    tmp_path: Path, crop_mode: str, crop_pct: float, interpolation: str
) -> None:
    save_file(_weights(), tmp_path / "weights.safetensors")
    mean, std = (0.5, 0.5, 0.5), (0.25, 0.5, 1.0)
    config = {"crop_mode": crop_mode, "crop_pct": crop_pct, "interpolation": interpolation, "mean": mean, "std": std}
    _describe(tmp_path, SMALL, input_size=[3, 96, 96], **config)

    description = _network(tmp_path / "weights.safetensors").description

    transform: Any = create_transform(input_size=(3, 96, 96), **config)  # type: ignore[arg-type]
    expected = transform(Image.fromarray(PHOTO)).numpy() * np.reshape(std, (3, 1, 1)) * 255 + 255 * 0.5
    assert np.abs(description.preparation(PHOTO) - expected).mean() < 1
    assert description.normalisation.mean == (127.5, 127.5, 127.5)
    assert description.normalisation.deviation == (63.75, 127.5, 255.0)


def test_without_a_file_beside_it_a_checkpoint_is_prepared_for_as_the_tag_says(checkpoint: Path) -> None:
    description = _network(checkpoint, "test_resnet.r160_in1k").description

    config = timm.get_pretrained_cfg("test_resnet.r160_in1k")
    assert config is not None
    assert description.preparation.height == config.input_size[1]
    assert description.preparation.kept_fraction == config.crop_pct


@pytest.mark.parametrize("classes", [0, 5, 1000])
def test_a_classifier_of_any_size_makes_no_difference(tmp_path: Path, checkpoint: Path, classes: int) -> None:
    body = {name: tensor for name, tensor in load_file(checkpoint).items() if not name.startswith("fc.")}
    head = {name: tensor for name, tensor in _weights(num_classes=classes).items() if name.startswith("fc.")}
    save_file(body | head, tmp_path / "weights.safetensors")

    description = _network(tmp_path / "weights.safetensors").description

    assert description.weights_sha256 == _network(checkpoint).description.weights_sha256


@pytest.mark.parametrize("suffix", [".pth", ".pt", ".bin"])
def test_training_checkpoints_of_torch_hold_the_same_weights(tmp_path: Path, checkpoint: Path, suffix: str) -> None:
    wrapped = {"module." + name: tensor for name, tensor in load_file(checkpoint).items()}
    torch.save({"epoch": 3, "state_dict": wrapped}, tmp_path / f"last{suffix}")

    description = _network(tmp_path / f"last{suffix}").description

    assert description.weights_sha256 == _network(checkpoint).description.weights_sha256


def test_the_second_classifier_of_inception_is_passed_over(tmp_path: Path, checkpoint: Path) -> None:
    save_file(load_file(checkpoint) | {"AuxLogits.fc.weight": torch.zeros(3)}, tmp_path / "weights.safetensors")

    description = _network(tmp_path / "weights.safetensors").description

    assert description.weights_sha256 == _network(checkpoint).description.weights_sha256


def test_other_weights_have_another_identity(tmp_path: Path, checkpoint: Path) -> None:
    tensors = load_file(checkpoint)
    save_file(tensors | {"bn1.bias": tensors["bn1.bias"] + 1}, tmp_path / "weights.safetensors")

    description = _network(tmp_path / "weights.safetensors").description

    assert description.weights_sha256 != _network(checkpoint).description.weights_sha256


def test_published_weights_are_fetched_and_lose_their_classifier(checkpoint: Path) -> None:
    requested: list[str] = []

    def fetch(model: str) -> nn.Module:
        requested.append(model)
        network: nn.Module = timm.create_model(model)
        network.load_state_dict(load_file(checkpoint))
        return network

    description = load_timm_network("timm:test_resnet.r160_in1k", fetch=fetch).description

    assert requested == ["test_resnet.r160_in1k"]
    assert description.weights_sha256 == _network(checkpoint).description.weights_sha256


def test_without_a_network_the_message_says_what_to_do() -> None:
    with pytest.raises(EncoderUnavailable, match=r"Without a network.*timm:resnet50@/path.*name resolution"):
        load_timm_network("timm:resnet50", fetch=_no_network)


def test_a_network_without_published_weights_asks_for_a_checkpoint() -> None:
    with pytest.raises(EncoderUnavailable, match=r"publishes no weights.*timm:seresnet18@/path"):
        load_timm_network("timm:seresnet18", fetch=_no_network)


def test_unknown_tag_lists_those_there_are(checkpoint: Path) -> None:
    with pytest.raises(EncoderUnavailable, match="r160_in1k"):
        load_timm_network("timm:test_resnet.r224_in1k", fetch=_no_network)
    with pytest.raises(EncoderUnavailable, match="r160_in1k"):
        _network(checkpoint, "test_resnet.r224_in1k")


def test_missing_checkpoint_is_told(tmp_path: Path) -> None:
    with pytest.raises(EncoderUnavailable, match="missing"):
        _network(tmp_path / "gone.safetensors")


def test_path_that_no_file_can_have_is_told() -> None:
    with pytest.raises(EncoderUnavailable, match="cannot be accessed"):
        load_timm(f"timm:resnet10t@/{'a' * 300}.pth", Execution())


def test_checkpoint_of_another_format_is_refused(tmp_path: Path) -> None:
    (tmp_path / "weights.npz").write_bytes(b"")

    with pytest.raises(EncoderUnavailable, match="convert it to safetensors"):
        _network(tmp_path / "weights.npz")


@pytest.mark.parametrize("suffix", [".safetensors", ".pth"])
def test_truncated_checkpoint_is_told(tmp_path: Path, checkpoint: Path, suffix: str) -> None:
    path = tmp_path / f"weights{suffix}"
    if suffix == ".pth":
        torch.save(load_file(checkpoint), path)
    else:
        save_file(load_file(checkpoint), path)
    path.write_bytes(path.read_bytes()[:-1000])

    with pytest.raises(EncoderUnavailable, match="cut off"):
        _network(path)


def test_checkpoint_of_another_architecture_is_told(checkpoint: Path) -> None:
    with pytest.raises(EncoderUnavailable, match="another architecture"):
        _network(checkpoint, "test_vit")


def test_checkpoint_of_a_deeper_network_is_told(tmp_path: Path, checkpoint: Path) -> None:
    save_file(load_file(checkpoint) | {"layer4.7.conv1.weight": torch.zeros(3)}, tmp_path / "weights.safetensors")

    with pytest.raises(EncoderUnavailable, match="another architecture"):
        _network(tmp_path / "weights.safetensors")


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        '{"architecture": "resnet50"}',
        '{"architecture": "test_resnet", "pretrained_cfg": {"input_size": [3, 96]}}',
    ],
)
def test_description_that_does_not_fit_is_told(tmp_path: Path, content: str) -> None:
    save_file(_weights(), tmp_path / "weights.safetensors")
    (tmp_path / "config.json").write_text(content)

    with pytest.raises(EncoderUnavailable, match="cannot be loaded"):
        _network(tmp_path / "weights.safetensors")


@pytest.mark.parametrize("described", [{"crop_mode": "spiral"}, {"mean": [0.5]}, {"std": "much"}, {"crop_pct": "x"}])
def test_description_that_does_not_say_how_to_prepare_is_told(tmp_path: Path, described: dict[str, Any]) -> None:
    save_file(_weights(), tmp_path / "weights.safetensors")
    _describe(tmp_path, SMALL, **described)

    with pytest.raises(EncoderUnavailable, match=r"correct the config\.json"):
        _network(tmp_path / "weights.safetensors")


class _Trap:
    """Writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.path,))


def test_checkpoint_that_holds_code_is_refused_and_the_code_does_not_run(tmp_path: Path) -> None:
    torch.save({"state_dict": _Trap(tmp_path / "sprung")}, tmp_path / "weights.pt")

    with pytest.raises(EncoderUnavailable, match="more than tensors"):
        _network(tmp_path / "weights.pt")

    assert not (tmp_path / "sprung").exists()
