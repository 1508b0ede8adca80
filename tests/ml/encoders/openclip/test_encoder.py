"""Tests CLIP encoders: same features as open_clip, classification by texts, and errors for bad weights."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import open_clip
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from ml.encoders.base import Execution, TextEncoder
from ml.encoders.class_texts import zero_shot_probabilities
from ml.encoders.openclip.encoder import OpenClipEncoder, load_openclip
from ml.errors import EncoderUnavailable
from ml.images.decoding import decode_image
from ml.images.image import ImageLimits
from ml.warnings_filter import without_warnings

FIXTURES = Path(__file__).parents[3] / "fixtures"
TINY_CLIP = FIXTURES / "tiny-clip"
FASHION = sorted((FIXTURES / "fashion").glob("*.png"))
SMALLEST_ARCHITECTURE = "ViT-S-32-alt"


@pytest.fixture(scope="session")
def tiny_clip() -> OpenClipEncoder:
    return _load(f"openclip:local-dir/{TINY_CLIP}")


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random weights of the smallest architecture that open_clip knows."""
    path = tmp_path_factory.mktemp("weights") / "clip.safetensors"
    clip = open_clip.create_model(SMALLEST_ARCHITECTURE)
    save_file({name: tensor.half().contiguous() for name, tensor in clip.state_dict().items()}, path)
    return path


def _load(name: str, download: Any = None) -> OpenClipEncoder:
    return load_openclip(name, Execution(threads=1), download=download or _no_network)


def _no_network(entry: Mapping[str, Any]) -> str:
    raise OSError("Temporary failure in name resolution")


def _label(path: Path) -> str:
    return path.stem.rpartition("-")[0].replace("_", " ")


def test_texts_alone_classify_held_out_images(tiny_clip: OpenClipEncoder) -> None:
    labels = sorted({_label(path) for path in FASHION})
    prepared = [tiny_clip.prepare(decode_image(path.read_bytes(), ImageLimits())) for path in FASHION]

    texts = tiny_clip.encode_texts([f"a photo of a {label}" for label in labels])
    probabilities = zero_shot_probabilities(
        tiny_clip.encode(np.stack(prepared)), texts, logit_scale=tiny_clip.logit_scale
    )

    guesses = [labels[best] for best in probabilities.argmax(axis=1)]
    accuracy = np.mean([guess == _label(path) for guess, path in zip(guesses, FASHION, strict=True)])
    assert len(labels) == 10
    assert accuracy > 0.6


def test_images_and_texts_embed_as_open_clip_itself_does(tiny_clip: OpenClipEncoder) -> None:
    with without_warnings():
        clip, _, preprocess = open_clip.create_model_and_transforms(f"local-dir:{TINY_CLIP}")
        tokenize = open_clip.get_tokenizer(f"local-dir:{TINY_CLIP}")
    texts = ["a bag", "a photo of a coat"]
    images = [Image.open(path).convert("RGB") for path in FASHION[:8]]
    with torch.inference_mode():
        expected_images = clip.eval().encode_image(torch.stack([preprocess(image) for image in images]), normalize=True)
        expected_texts = clip.encode_text(tokenize(texts), normalize=True)

    embedded = tiny_clip.encode(np.stack([tiny_clip.prepare(np.array(image)) for image in images]))

    assert (embedded * expected_images.numpy()).sum(axis=1).min() > 0.999
    np.testing.assert_allclose(tiny_clip.encode_texts(texts), expected_texts.numpy(), atol=1e-5)
    assert tiny_clip.logit_scale == pytest.approx(clip.logit_scale.exp().item())


def test_it_is_known_to_have_a_text_side(tiny_clip: OpenClipEncoder) -> None:
    assert isinstance(tiny_clip, TextEncoder)


def test_text_embeddings_are_unit_rows(tiny_clip: OpenClipEncoder) -> None:
    texts = tiny_clip.encode_texts(["bag", "", "a very long text " * 50])

    assert texts.shape == (3, tiny_clip.identity.dimension)
    assert texts.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(texts, axis=1), 1, atol=1e-5)


def test_no_texts_give_no_rows(tiny_clip: OpenClipEncoder) -> None:
    assert tiny_clip.encode_texts([]).shape == (0, tiny_clip.identity.dimension)


def test_other_weights_have_another_identity(tiny_clip: OpenClipEncoder, tmp_path: Path) -> None:
    folder = _copy_of_tiny_clip(tmp_path)
    tensors = load_file(folder / "open_clip_model.safetensors")
    save_file(tensors | {"logit_scale": tensors["logit_scale"] + 1}, folder / "open_clip_model.safetensors")

    other = _load(f"openclip:local-dir/{folder}")

    assert other.identity.weights_sha256 != tiny_clip.identity.weights_sha256


def test_other_preprocessing_has_another_identity(tiny_clip: OpenClipEncoder, tmp_path: Path) -> None:
    folder = _copy_of_tiny_clip(tmp_path)
    config = json.loads((folder / "open_clip_config.json").read_text())
    config["preprocess_cfg"]["mean"] = [0.5, 0.5, 0.5]
    (folder / "open_clip_config.json").write_text(json.dumps(config))

    other = _load(f"openclip:local-dir/{folder}")

    assert other.identity.preprocessing != tiny_clip.identity.preprocessing


@pytest.mark.parametrize("missing", ["open_clip_config.json", "open_clip_model.safetensors"])
def test_folder_that_lacks_a_file_is_told(tmp_path: Path, missing: str) -> None:
    folder = _copy_of_tiny_clip(tmp_path)
    (folder / missing).unlink()

    with pytest.raises(EncoderUnavailable, match="missing"):
        _load(f"openclip:local-dir/{folder}")


def test_truncated_weights_are_told(tmp_path: Path) -> None:
    folder = _copy_of_tiny_clip(tmp_path)
    weights = folder / "open_clip_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])

    with pytest.raises(EncoderUnavailable, match="cut off"):
        _load(f"openclip:local-dir/{folder}")


def test_damaged_config_is_told(tmp_path: Path) -> None:
    folder = _copy_of_tiny_clip(tmp_path)
    (folder / "open_clip_config.json").write_text("{")

    with pytest.raises(EncoderUnavailable, match="cannot be loaded"):
        _load(f"openclip:local-dir/{folder}")


def test_weights_of_another_architecture_are_told() -> None:
    weights = TINY_CLIP / "open_clip_model.safetensors"

    with pytest.raises(EncoderUnavailable, match="another architecture"):
        _load(f"openclip:{SMALLEST_ARCHITECTURE}/{weights}")


def test_missing_checkpoint_is_told(tmp_path: Path) -> None:
    with pytest.raises(EncoderUnavailable, match="missing"):
        _load(f"openclip:ViT-B-32/{tmp_path}/clip.safetensors")


def test_checkpoint_of_another_format_is_refused(tmp_path: Path) -> None:
    (tmp_path / "clip.npz").write_bytes(b"")

    with pytest.raises(EncoderUnavailable, match="convert it to safetensors"):
        _load(f"openclip:ViT-B-32/{tmp_path}/clip.npz")


class _Trap:
    """Writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.path,))


def test_checkpoint_that_holds_code_is_refused_and_the_code_does_not_run(tmp_path: Path) -> None:
    torch.save({"state_dict": _Trap(tmp_path / "sprung")}, tmp_path / "clip.pt")

    with pytest.raises(EncoderUnavailable, match="more than tensors"):
        _load(f"openclip:{SMALLEST_ARCHITECTURE}/{tmp_path}/clip.pt")

    assert not (tmp_path / "sprung").exists()


def test_checkpoint_file_of_a_known_architecture_is_loaded(checkpoint: Path) -> None:
    encoder = _load(f"openclip:{SMALLEST_ARCHITECTURE}/{checkpoint}")

    assert encoder.identity.dimension == 256
    assert encoder.encode_texts(["a bag"]).shape == (1, 256)


def test_pretrained_tag_asks_for_its_own_weights() -> None:
    requested: list[Mapping[str, Any]] = []

    def download(entry: Mapping[str, Any]) -> str:
        requested.append(entry)
        return "/nowhere/clip.safetensors"

    with pytest.raises(EncoderUnavailable):
        _load("openclip:ViT-B-32/openai", download=download)

    assert requested[0]["quick_gelu"]


def test_without_a_network_the_message_says_so() -> None:
    with pytest.raises(EncoderUnavailable, match="Without a network"):
        _load("openclip:ViT-B-32/laion2b_s34b_b79k")


def test_unknown_tag_lists_those_there_are() -> None:
    with pytest.raises(EncoderUnavailable, match="laion2b_s34b_b79k"):
        _load("openclip:ViT-B-32/laion3b")


def _copy_of_tiny_clip(folder: Path) -> Path:
    return Path(shutil.copytree(TINY_CLIP, folder / "clip"))
