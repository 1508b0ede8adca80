"""Tests embedding many files: in order, with unreadable files among them, in bounded memory."""

from collections.abc import Iterator
from io import BytesIO

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from ml.encoders.base import EncoderIdentity, Prepared
from ml.encoders.embedding import EmbeddedBatch, UnreadableFile, embed_images
from ml.images.image import ImageLimits, Pixels
from ml.types import Embeddings

LIMITS = ImageLimits()


class MeanColourEncoder:
    """A double whose embedding is the mean colour of the image, so that each row is recognisable."""

    def __init__(self) -> None:
        self.batch_sizes: list[int] = []

    @property
    def identity(self) -> EncoderIdentity:
        return EncoderIdentity(name="mean-colour", weights_sha256="0" * 64, preprocessing="none", dimension=3)

    def prepare(self, pixels: Pixels) -> Prepared:
        return np.broadcast_to(pixels.mean(axis=(0, 1)).astype(np.uint8)[:, None, None], (3, 2, 2)).copy()

    def encode(self, batch: NDArray[np.uint8]) -> Embeddings:
        self.batch_sizes.append(len(batch))
        colours: Embeddings = batch.mean(axis=(2, 3), dtype=np.float32)
        return colours


def _png(grey: int) -> bytes:
    buffer = BytesIO()
    Image.new("L", (4, 3), grey).save(buffer, "PNG")
    return buffer.getvalue()


def _files(count: int) -> list[tuple[str, bytes]]:
    return [(f"image-{grey}", _png(grey)) for grey in range(count)]


def _ids(batches: list[EmbeddedBatch]) -> list[str]:
    return [image_id for batch in batches for image_id in batch.image_ids]


@pytest.mark.parametrize("decode_threads", [1, 3])
@pytest.mark.parametrize("count", [0, 1, 8, 100])
def test_each_image_gets_its_own_row_in_order(count: int, decode_threads: int) -> None:
    encoder = MeanColourEncoder()

    batches = list(embed_images(encoder, _files(count), LIMITS, decode_threads=decode_threads))

    assert _ids(batches) == [f"image-{grey}" for grey in range(count)]
    rows = [row.tolist() for batch in batches for row in batch.matrix]
    assert rows == [[grey] * 3 for grey in range(count)]


def test_batches_are_full_but_the_last() -> None:
    encoder = MeanColourEncoder()

    list(embed_images(encoder, _files(20), LIMITS, batch_size=8))

    assert encoder.batch_sizes == [8, 8, 4]


def test_one_bad_image_does_not_stop_the_others() -> None:
    files = _files(5)
    files[2] = ("broken", b"no image")

    batches = list(embed_images(MeanColourEncoder(), files, LIMITS))

    assert _ids(batches) == ["image-0", "image-1", "image-3", "image-4"]
    (unreadable,) = [one for batch in batches for one in batch.unreadable]
    assert unreadable.image_id == "broken"
    assert "not an image" in unreadable.reason


def test_batch_of_bad_images_only_has_no_rows() -> None:
    encoder = MeanColourEncoder()

    (batch,) = embed_images(encoder, [("a", b""), ("b", b"")], LIMITS)

    assert batch.matrix.shape == (0, 3)
    assert batch.unreadable == (
        UnreadableFile(image_id="a", reason="The file is empty."),
        UnreadableFile(image_id="b", reason="The file is empty."),
    )
    assert encoder.batch_sizes == []


def test_limits_are_kept() -> None:
    (batch,) = embed_images(MeanColourEncoder(), _files(1), ImageLimits(max_pixels=11))

    assert "12 pixels" in batch.unreadable[0].reason


def test_only_a_few_batches_are_read_ahead() -> None:
    read = 0

    def endless() -> Iterator[tuple[str, bytes]]:
        nonlocal read
        while True:
            read += 1
            yield f"image-{read}", _png(read % 256)

    batches = embed_images(MeanColourEncoder(), endless(), LIMITS, batch_size=4)
    next(batches)
    batches.close()  # type: ignore[attr-defined]  # it is a generator

    assert read <= 4 * 6


def test_failure_of_the_source_reaches_the_caller() -> None:
    def failing() -> Iterator[tuple[str, bytes]]:
        yield from _files(3)
        raise ConnectionError("store is gone")

    with pytest.raises(ConnectionError, match="store is gone"):
        list(embed_images(MeanColourEncoder(), failing(), LIMITS))
