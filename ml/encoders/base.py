"""Defines the encoder protocol: images in, embeddings out, with an identity that embeddings are compared by."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from ml.images.image import Pixels
from ml.types import Embeddings

# (3, height, width) uint8: one image cropped and resized to the encoder's input size. For a concatenation of encoders
# (3, pixels): the inputs of all of them, side by side.
Prepared = NDArray[np.uint8]
# fp32 is exact; bf16 computes with 8 bits of mantissa, about twice as fast if the processor supports it.
Precision = Literal["fp32", "bf16"]


@dataclass(frozen=True, kw_only=True)
class EncoderIdentity:
    """Identity of an encoder: network, weights and preprocessing. Only embeddings of one identity can be compared."""

    name: str
    weights_sha256: str
    preprocessing: str
    dimension: int

    @property
    def key(self) -> str:
        """Key that is safe in file names and changes with any part of the identity."""
        slug = "".join(c if c.isalnum() else "-" for c in self.name).strip("-").lower()
        return f"{slug[-60:]}-{self.weights_sha256[:12]}-{self.preprocessing}-{self.dimension}"


class Encoder(Protocol):
    """A frozen network that turns images into embeddings.

    `prepare` is thread-safe, so that decoding overlaps encoding; `encode` is called by one thread at a time. An
    embedding depends only on its own image, not on the rest of the batch.
    """

    @property
    def identity(self) -> EncoderIdentity: ...

    def prepare(self, pixels: Pixels) -> Prepared: ...

    def encode(self, batch: NDArray[np.uint8]) -> Embeddings:
        """Compute embeddings.

        Args: batch: (images, *shape), stacked outputs of `prepare`; any number of images.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Execution:
    """Device, threads and precision of an encoder; chosen by the code that loads it, not part of its name.

    Attributes:
        device: cpu, or a CUDA device.
        threads: per call on a CPU; 0 lets the runtime choose.
    """

    device: str = "cpu"
    threads: int = 0
    precision: Precision = "fp32"


@dataclass(frozen=True, kw_only=True)
class EncoderCost:
    """Cost of encoding: the parameters of the network, and the multiply-adds per image."""

    parameters: int
    multiply_adds: int


@runtime_checkable
class CountedEncoder(Protocol):
    """An encoder that reports its cost."""

    @property
    def cost(self) -> EncoderCost | None: ...


@runtime_checkable
class TextEncoder(Protocol):
    """The text side of some encoders, such as CLIP: embeds texts in the same space as images."""

    @property
    def logit_scale(self) -> float: ...

    def encode_texts(self, texts: Sequence[str]) -> Embeddings: ...
