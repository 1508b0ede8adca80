"""What every encoder offers: images in, embeddings out, under an identity that never lies."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from ml.images.image import Pixels
from ml.types import Embeddings

# (3, height, width) uint8: one image cropped and resized to what the encoder reads. Where several encoders are one,
# (3, pixels): what each of them reads, side by side.
Prepared = NDArray[np.uint8]
# fp32 is exact; bf16 computes with 8 bits of mantissa, about twice as fast where the processor knows it.
Precision = Literal["fp32", "bf16"]


@dataclass(frozen=True, kw_only=True)
class EncoderIdentity:
    """Which network, with which weights, fed how: two embeddings compare only under one identity."""

    name: str
    weights_sha256: str
    preprocessing: str
    dimension: int

    @property
    def key(self) -> str:
        """A file-name-safe key that changes with any part of the identity."""
        slug = "".join(c if c.isalnum() else "-" for c in self.name).strip("-").lower()
        return f"{slug[-60:]}-{self.weights_sha256[:12]}-{self.preprocessing}-{self.dimension}"


class Encoder(Protocol):
    """A frozen network that turns images into embeddings.

    `prepare` is thread-safe, so that decoding overlaps encoding; `encode` is called by one thread at a time.
    The same prepared images give the same embeddings, whatever else is in the batch.
    """

    @property
    def identity(self) -> EncoderIdentity: ...

    def prepare(self, pixels: Pixels) -> Prepared: ...

    def encode(self, batch: NDArray[np.uint8]) -> Embeddings:
        """Args: batch: (images, *shape), what `prepare` gave, stacked; any number of images."""
        ...


@dataclass(frozen=True, kw_only=True)
class Execution:
    """Where and how exactly an encoder runs: a choice of whoever loads it, not of its name.

    Attributes: device: cpu, or a CUDA device; threads: of one call on a CPU, 0 lets the runtime choose.
    """

    device: str = "cpu"
    threads: int = 0
    precision: Precision = "fp32"


@dataclass(frozen=True, kw_only=True)
class EncoderCost:
    """What encoding takes: the numbers that the network keeps, and the multiplications with an addition an image."""

    parameters: int
    multiply_adds: int


@runtime_checkable
class CountedEncoder(Protocol):
    """An encoder that knows what it costs."""

    @property
    def cost(self) -> EncoderCost | None: ...


@runtime_checkable
class TextEncoder(Protocol):
    """The text side that some encoders have, in the same space as their images."""

    @property
    def logit_scale(self) -> float: ...

    def encode_texts(self, texts: Sequence[str]) -> Embeddings: ...
