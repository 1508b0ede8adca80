"""Tests saving and loading fine-tuned encoders as files without executable code."""

import json

import numpy as np
import pytest
import torch

from ml.encoders.base import Execution
from ml.encoders.finetuned.description import DESCRIPTION, NETWORK_TENSORS
from ml.encoders.finetuned.files import load_finetuned, pack_finetuned, unpack_finetuned
from ml.encoders.finetuned.name import FinetunedName, digest_of, parse_finetuned_name
from ml.encoders.frozen import Network, freeze
from ml.encoders.registry import load_encoder
from ml.errors import EncoderUnavailable, UnknownEncoder
from tests.ml.tiny_networks import SIDE, tiny_network

IMAGES = np.random.default_rng(0).integers(0, 256, (3, 3, SIDE, SIDE), dtype=np.uint8)


@pytest.fixture(scope="module")
def network() -> Network:
    return tiny_network()


@pytest.fixture
def files(network: Network) -> dict[str, bytes]:
    return pack_finetuned(network, network.module.state_dict(), {"seed": 3})


def name_of(files: dict[str, bytes]) -> str:
    return str(FinetunedName(project_id="birds", version=7, digest=digest_of(files[DESCRIPTION])))


def test_what_is_loaded_gives_the_embeddings_of_what_was_saved(network: Network, files: dict[str, bytes]) -> None:
    loaded = load_encoder(name_of(files), threads=1, files_of=lambda _name: files)

    saved = freeze(network, Execution(threads=1))
    np.testing.assert_array_equal(loaded.encode(IMAGES), saved.encode(IMAGES))
    assert loaded.identity.name == name_of(files)


@pytest.mark.parametrize("architecture", ["test_vit", "test_convnext", "test_resnet"])
def test_networks_of_all_families_are_built_again(architecture: str) -> None:
    network = tiny_network(architecture)

    files = pack_finetuned(network, network.module.state_dict(), {})
    built = unpack_finetuned(name_of(files), files)

    images = torch.from_numpy(IMAGES).to(torch.float32)
    with torch.inference_mode():
        assert torch.equal(built.module(images), network.module(images))


def test_other_weights_are_another_encoder_under_another_name(network: Network, files: dict[str, bytes]) -> None:
    others = {name: tensor + 1 for name, tensor in network.module.state_dict().items()}

    other = pack_finetuned(network, others, {"seed": 3})

    assert name_of(other) != name_of(files)
    first, second = (load_finetuned(name_of(each), each, Execution(threads=1)).identity for each in (files, other))
    assert first.weights_sha256 != second.weights_sha256


def test_the_description_says_what_it_was_made_from(files: dict[str, bytes]) -> None:
    description = json.loads(files[DESCRIPTION])

    assert description["base"] == "timm:tiny"
    assert description["extras"] == {"seed": 3}


@pytest.mark.parametrize("file", [NETWORK_TENSORS, DESCRIPTION])
def test_a_changed_byte_is_told(file: str, files: dict[str, bytes]) -> None:
    name = name_of(files)
    content = bytearray(files[file])
    content[-2] ^= 1

    with pytest.raises(EncoderUnavailable, match="not what was saved"):
        unpack_finetuned(name, files | {file: bytes(content)})


@pytest.mark.parametrize("file", [NETWORK_TENSORS, DESCRIPTION])
def test_a_missing_file_is_told(file: str, files: dict[str, bytes]) -> None:
    name = name_of(files)
    del files[file]

    with pytest.raises(EncoderUnavailable, match="not what was saved"):
        unpack_finetuned(name, files)


def test_files_of_another_encoder_are_not_taken(files: dict[str, bytes]) -> None:
    with pytest.raises(EncoderUnavailable, match="not what was saved"):
        unpack_finetuned("finetuned:birds/7-00000000", files)


def test_a_network_that_this_timm_builds_otherwise_is_told(network: Network) -> None:
    weights = network.module.state_dict()
    del weights["conv_stem.weight"]
    files = pack_finetuned(network, weights, {})

    with pytest.raises(EncoderUnavailable, match="cannot be built"):
        unpack_finetuned(name_of(files), files)


def test_a_newer_format_is_told(files: dict[str, bytes]) -> None:
    files[DESCRIPTION] = json.dumps(json.loads(files[DESCRIPTION]) | {"format": 2}).encode()

    with pytest.raises(EncoderUnavailable, match="use a newer program"):
        unpack_finetuned(name_of(files), files)


def test_without_a_place_where_they_are_kept_none_is_loaded(files: dict[str, bytes]) -> None:
    with pytest.raises(EncoderUnavailable, match="kept by the service"):
        load_encoder(name_of(files))


def test_a_fine_tuned_encoder_can_be_part_of_a_concatenation(files: dict[str, bytes]) -> None:
    name = name_of(files)

    both = load_encoder(f"{name}+{name}*0.5", threads=1, files_of=lambda _name: files)

    one = load_finetuned(name, files, Execution(threads=1))
    assert both.identity.dimension == 2 * one.identity.dimension


def test_a_name_is_read_as_it_is_written() -> None:
    parsed = parse_finetuned_name("finetuned:old-birds/12-0a1b2c3d")

    assert (parsed.project_id, parsed.version, parsed.digest) == ("old-birds", 12, "0a1b2c3d")
    assert str(parsed) == "finetuned:old-birds/12-0a1b2c3d"


@pytest.mark.parametrize("rest", ["", "birds", "birds/7", "birds/0-0a1b2c3d", "birds/7-0A1B2C3D", "../7-0a1b2c3d"])
def test_half_a_name_is_refused(rest: str) -> None:
    with pytest.raises(UnknownEncoder, match="expected finetuned:<project>/<version>"):
        parse_finetuned_name(f"finetuned:{rest}")
