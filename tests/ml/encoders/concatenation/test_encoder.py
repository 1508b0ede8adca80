"""Tests concatenated encoders: each part has the weight in its name."""

import dataclasses
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from ml.encoders.base import Encoder, EncoderIdentity, Prepared, TextEncoder
from ml.encoders.concatenation.encoder import Concatenation, WeightedEncoder, concatenate
from ml.encoders.concatenation.name import parse_concatenation
from ml.errors import UnknownEncoder
from ml.images.image import Pixels
from ml.types import Embeddings

RED = np.full((4, 6, 3), (200, 0, 0), dtype=np.uint8)
MIXED = np.full((4, 6, 3), (120, 160, 0), dtype=np.uint8)


class MeanColour:
    """A double with its own input size, whose embedding is the L2-normalised mean colour."""

    def __init__(self, size: int, *, weights: str = "0") -> None:
        self.size = size
        self.identity = EncoderIdentity(
            name="colour", weights_sha256=weights * 64, preprocessing=f"size{size}", dimension=3
        )

    def prepare(self, pixels: Pixels) -> Prepared:
        return np.broadcast_to(pixels[0, 0][:, None, None], (3, self.size, self.size)).copy()

    def encode(self, batch: NDArray[np.uint8]) -> Embeddings:
        assert batch.shape[1:] == (3, self.size, self.size)
        return _unit(batch.mean(axis=(2, 3)))


class NamedColour(MeanColour):
    """The same double with a text side that knows two colours."""

    logit_scale = 10.0

    def encode_texts(self, texts: Sequence[str]) -> Embeddings:
        colours = {"red": (200, 0, 0), "green": (0, 200, 0)}
        return _unit(np.array([colours[text] for text in texts]))


class LouderColour(NamedColour):
    logit_scale = 50.0


def _unit(rows: NDArray[np.generic]) -> Embeddings:
    unit: Embeddings = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return unit


def _together(*encoders: tuple[Encoder, float], name: str = "a+b") -> Concatenation:
    return concatenate(name, [WeightedEncoder(encoder=encoder, weight=weight) for encoder, weight in encoders])


def _encoded(encoder: Encoder, *images: Pixels) -> Embeddings:
    return encoder.encode(np.stack([encoder.prepare(image) for image in images]))


def test_parts_stand_side_by_side_each_with_its_weight() -> None:
    embedding = _encoded(_together((MeanColour(2), 0.6), (MeanColour(5), 0.8)), MIXED)[0]

    # The colour has the length 200 before it is divided by that.
    np.testing.assert_allclose(embedding, [0.36, 0.48, 0, 0.48, 0.64, 0], atol=1e-6)


def test_only_the_ratio_of_the_weights_counts() -> None:
    first = _encoded(_together((MeanColour(2), 3), (MeanColour(5), 4)), MIXED)
    second = _encoded(_together((MeanColour(2), 0.3), (MeanColour(5), 0.4)), MIXED)

    np.testing.assert_allclose(first, second, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(first, axis=1), 1, atol=1e-6)


def test_three_parts_of_other_sizes_each_read_their_own_pixels() -> None:
    embeddings = _encoded(_together((MeanColour(1), 1), (MeanColour(3), 1), (MeanColour(2), 1)), RED, MIXED)

    np.testing.assert_allclose(embeddings[0], np.tile([1, 0, 0], 3) / np.sqrt(3), atol=1e-6)
    np.testing.assert_allclose(embeddings[1], np.tile([0.6, 0.8, 0], 3) / np.sqrt(3), atol=1e-6)


def test_identity_changes_with_each_part_and_each_weight() -> None:
    plain = (MeanColour(2), 1.0)
    others = [
        _together(plain, (MeanColour(5), 1)),
        _together(plain, (MeanColour(4), 1)),
        _together(plain, (MeanColour(5, weights="1"), 1)),
        _together(plain, (MeanColour(5), 2)),
        _together((MeanColour(5), 1), plain),
        _together(plain, (MeanColour(5), 1), (MeanColour(5), 1)),
    ]

    assert len({encoder.identity.key for encoder in others}) == len(others)
    assert others[-1].identity.dimension == 9


def test_text_side_is_there_only_when_every_part_has_one() -> None:
    assert isinstance(_together((NamedColour(2), 1), (NamedColour(5), 1)), TextEncoder)
    assert not isinstance(_together((NamedColour(2), 1), (MeanColour(5), 1)), TextEncoder)


def test_text_meets_its_image_in_the_same_space() -> None:
    encoder = _together((NamedColour(2), 0.6), (NamedColour(5), 0.8))
    assert isinstance(encoder, TextEncoder)

    cosines = _encoded(encoder, RED) @ encoder.encode_texts(["red", "green"]).T

    np.testing.assert_allclose(cosines, [[1, 0]], atol=1e-6)


def test_logit_scale_is_the_mean_of_the_parts_weighted_as_their_cosines() -> None:
    encoder = _together((NamedColour(2), 1), (LouderColour(5), np.sqrt(3)))
    assert isinstance(encoder, TextEncoder)

    # A quarter of 10 and three quarters of 50.
    assert encoder.logit_scale == pytest.approx(40)


def _known(name: str) -> bool:
    return name.partition(":")[0] in {"lite", "timm"}


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("lite", []),
        ("lite+lite", [("lite", 1), ("lite", 1)]),
        ("lite*0.7+timm:vit*0.3+lite", [("lite", 0.7), ("timm:vit", 0.3), ("lite", 1)]),
        ("timm:vit@/c++/a.pt", []),
        ("timm:vit@/c++/a.pt*2+lite*1e-1", [("timm:vit@/c++/a.pt", 2), ("lite", 0.1)]),
        ("lite+unknown", [("lite", 1), ("unknown", 1)]),
        ("lite+", [("lite", 1), ("", 1)]),
    ],
)
def test_name_is_read(name: str, parts: list[tuple[str, float]]) -> None:
    read = parse_concatenation(name, _known)

    assert [dataclasses.astuple(part) for part in read] == parts


@pytest.mark.parametrize("weight", ["0", "-1", "nan", "inf", "much", "", "1e-9", "1e308"])
def test_weight_that_is_no_number_within_bounds_is_told(weight: str) -> None:
    with pytest.raises(UnknownEncoder, match=r"not a number from 0\.001 to 1000"):
        parse_concatenation(f"lite*{weight}+lite", _known)
