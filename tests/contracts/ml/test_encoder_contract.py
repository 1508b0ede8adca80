"""Contract of all encoders, run on one encoder of each kind."""

import dataclasses
import string
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import timm
from numpy.typing import NDArray
from safetensors.torch import save_file

from ml.encoders.base import Encoder
from ml.encoders.registry import load_encoder
from ml.encoders.runtime import computes_in_bf16
from ml.images.image import Pixels

TINY_CLIP = f"openclip:local-dir/{Path(__file__).parents[2] / 'fixtures' / 'tiny-clip'}"
FILE_NAME_CHARACTERS = set(string.ascii_lowercase + string.digits + "-")
KINDS = ["lite", "clip", "timm", "clip+timm", "clip+clip"]


@pytest.fixture(scope="session")
def tiny_timm(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Name of a timm encoder with random weights."""
    path = tmp_path_factory.mktemp("timm") / "weights.safetensors"
    save_file(timm.create_model("test_vit").state_dict(), path)
    return f"timm:test_vit@{path}"


@pytest.fixture(scope="session", params=[*KINDS, "timm in bf16"] if computes_in_bf16() else KINDS)
def encoder(request: pytest.FixtureRequest, tiny_timm: str) -> Encoder:
    names = {
        "lite": "efficientnet-lite0",
        "clip": TINY_CLIP,
        "timm": tiny_timm,
        "clip+timm": f"{TINY_CLIP}*0.7+{tiny_timm}*0.3",
        "clip+clip": f"{TINY_CLIP}+{TINY_CLIP}",
    }
    kind, _, precision = request.param.partition(" in ")
    return load_encoder(names[kind], threads=2, precision=precision or "fp32")


def _pixels(height: int = 48, width: int = 64, *, seed: int = 0) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def _batch(encoder: Encoder, count: int) -> NDArray[np.uint8]:
    return np.stack([encoder.prepare(_pixels(seed=seed)) for seed in range(count)])


@pytest.mark.parametrize("count", [0, 1, 17])
def test_any_number_of_images_gives_one_unit_row_each(encoder: Encoder, count: int) -> None:
    nothing = np.empty((0, *encoder.prepare(_pixels()).shape), dtype=np.uint8)

    embeddings = encoder.encode(_batch(encoder, count) if count else nothing)

    assert embeddings.shape == (count, encoder.identity.dimension)
    assert embeddings.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(embeddings, axis=1), 1, atol=1e-5)


def test_same_images_give_the_same_bits_again(encoder: Encoder) -> None:
    batch = _batch(encoder, 5)

    first, again = encoder.encode(batch), encoder.encode(batch)

    np.testing.assert_array_equal(first, again)


def test_an_embedding_does_not_depend_on_the_rest_of_the_batch(encoder: Encoder) -> None:
    batch = _batch(encoder, 17)
    alone = np.concatenate([encoder.encode(batch[i : i + 1]) for i in range(17)])

    together, backwards = encoder.encode(batch), encoder.encode(batch[::-1])[::-1]

    np.testing.assert_allclose(together, alone, rtol=0, atol=1e-6)
    np.testing.assert_allclose(backwards, alone, rtol=0, atol=1e-6)


def test_answers_are_not_overwritten_by_the_next_call(encoder: Encoder) -> None:
    first = encoder.encode(_batch(encoder, 2))
    kept = first.copy()

    encoder.encode(_batch(encoder, 2)[::-1])

    np.testing.assert_array_equal(first, kept)


def test_different_images_give_different_embeddings(encoder: Encoder) -> None:
    rising = np.repeat(np.linspace(0, 255, 64, dtype=np.uint8)[:, None], 64, axis=1)
    images = [np.repeat(grey[..., None], 3, axis=2) for grey in (rising, rising[::-1].copy())]

    embeddings = encoder.encode(np.stack([encoder.prepare(image) for image in images]))

    assert embeddings[0] @ embeddings[1] < 0.999


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1), (2, 2), (2000, 30), (500, 700)])
def test_image_of_any_shape_is_prepared_to_the_one_shape_the_network_reads(
    encoder: Encoder, size: tuple[int, int]
) -> None:
    expected = encoder.prepare(_pixels()).shape

    prepared = encoder.prepare(_pixels(*size))

    assert prepared.shape == expected
    assert prepared.shape[0] == 3
    assert prepared.dtype == np.uint8
    assert np.isfinite(encoder.encode(prepared[np.newaxis])).all()


def test_one_colour_stays_that_colour(encoder: Encoder) -> None:
    prepared = encoder.prepare(np.full((37, 91, 3), (10, 128, 250), dtype=np.uint8))

    assert np.unique(prepared.reshape(3, -1), axis=1).T.tolist() == [[10, 128, 250]]


def test_pixels_that_may_not_be_written_are_prepared(encoder: Encoder) -> None:
    pixels = _pixels(64, 64)
    pixels.flags.writeable = False

    prepared = encoder.prepare(pixels)

    np.testing.assert_array_equal(prepared, encoder.prepare(pixels.copy()))


def test_many_threads_prepare_at_once(encoder: Encoder) -> None:
    images = [_pixels(seed=seed) for seed in range(40)]
    one_by_one = [encoder.prepare(image) for image in images]

    with ThreadPoolExecutor(8) as pool:
        at_once = list(pool.map(encoder.prepare, images))

    np.testing.assert_array_equal(at_once, one_by_one)


def test_identity_makes_a_file_name(encoder: Encoder) -> None:
    assert set(encoder.identity.key) <= FILE_NAME_CHARACTERS
    assert len(encoder.identity.key) < 150


def test_identity_changes_with_weights_and_preprocessing(encoder: Encoder) -> None:
    identity = encoder.identity

    others = [
        dataclasses.replace(identity, weights_sha256="0" * 64),
        dataclasses.replace(identity, preprocessing="other"),
    ]

    assert len({identity.key, *(other.key for other in others)}) == 3
