"""A stand-in for an encoder that is small enough to see through: an image's embedding is its mean colour."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ml.encoders.base import EncoderIdentity, Prepared
from ml.images.image import Pixels
from ml.types import Embeddings

COLOURS = {"red": (250, 20, 20), "green": (20, 250, 20), "blue": (20, 20, 250)}
DIMENSION = 4
# It answers to a name that the service knows, since projects with others are refused.
NAME = "efficientnet-lite0"


class ColourEncoder:
    """Implements the Encoder port; counts what it encodes, and fails when told to."""

    def __init__(self, name: str = NAME, *, weights: str = "0") -> None:
        self.identity = EncoderIdentity(
            name=name, weights_sha256=weights * 64, preprocessing="mean", dimension=DIMENSION
        )
        self.batches: list[int] = []
        self.failure: Exception | None = None

    @property
    def encoded(self) -> int:
        return sum(self.batches)

    def prepare(self, pixels: Pixels) -> Prepared:
        prepared: Prepared = np.rint(pixels.mean(axis=(0, 1))).astype(np.uint8).reshape(3, 1, 1)
        return prepared

    def encode(self, batch: NDArray[np.uint8]) -> Embeddings:
        if self.failure is not None:
            raise self.failure
        self.batches.append(len(batch))
        return embeddings_of(batch.reshape(len(batch), 3))


class ColourTextEncoder(ColourEncoder):
    """The same with a text side that knows the colours by name, also inside a sentence."""

    logit_scale = 100.0

    def encode_texts(self, texts: Sequence[str]) -> Embeddings:
        return embeddings_of_names([next(name for name in COLOURS if name in text) for text in texts])


def embeddings_of_names(names: Sequence[str]) -> Embeddings:
    """The embeddings of pure colours."""
    return embeddings_of(np.array([COLOURS[name] for name in names], dtype=np.uint8))


def embeddings_of(colours: NDArray[np.uint8]) -> Embeddings:
    """Args: colours: (images, 3). The fourth number keeps black apart from nothing."""
    rows = np.hstack([colours / 255, np.full((len(colours), 1), 0.1)])
    unit: Embeddings = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return unit


def mixed(first: str, second: str) -> NDArray[np.uint8]:
    """An image of 2 x 2 pixels that shows both colours alike."""
    colours = np.array([COLOURS[first], COLOURS[second]], dtype=np.uint8)
    return np.stack([colours, colours])
