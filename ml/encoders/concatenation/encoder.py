"""Combines several encoders into one by concatenating their embeddings, each scaled by its weight."""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from ml.encoders.base import CountedEncoder, Encoder, EncoderCost, EncoderIdentity, Prepared, TextEncoder
from ml.images.image import Pixels
from ml.types import Embeddings


@dataclass(frozen=True, kw_only=True)
class WeightedEncoder:
    """One of the encoders, with the factor of its unit-length embeddings."""

    encoder: Encoder
    weight: float


@dataclass(frozen=True, kw_only=True)
class Concatenation:
    """An `Encoder` made of several encoders.

    The cosine of two images is the mean of the parts' cosines, weighted by the squared weights.

    Attributes:
        parts: the squares of their weights sum to 1, so that embeddings have length one.
        shapes: of the prepared image of each part, (3, ...).
    """

    identity: EncoderIdentity
    parts: tuple[WeightedEncoder, ...]
    shapes: tuple[tuple[int, ...], ...]

    @property
    def cost(self) -> EncoderCost | None:
        """Sum of the costs of the parts; None if one of them is unknown."""
        costs = [part.encoder.cost for part in self.parts if isinstance(part.encoder, CountedEncoder)]
        known = [cost for cost in costs if cost is not None]
        if len(known) < len(self.parts):
            return None
        return EncoderCost(
            parameters=sum(cost.parameters for cost in known),
            multiply_adds=sum(cost.multiply_adds for cost in known),
        )

    def prepare(self, pixels: Pixels) -> Prepared:
        """Prepare the image for each part; flattened, because input sizes may differ. Returns: (3, pixels)."""
        return np.concatenate([part.encoder.prepare(pixels).reshape(3, -1) for part in self.parts], axis=1)

    def encode(self, batch: NDArray[np.uint8]) -> Embeddings:
        ends = accumulate((math.prod(shape[1:]) for shape in self.shapes), initial=0)
        prepared = [
            batch[:, :, start:end].reshape(len(batch), *shape)
            for (start, end), shape in zip(pairwise(ends), self.shapes, strict=True)
        ]
        return _side_by_side(
            [part.encoder.encode(images) for part, images in zip(self.parts, prepared, strict=True)], self.parts
        )


@dataclass(frozen=True, kw_only=True)
class TextConcatenation(Concatenation):
    """A concatenation of encoders that all have a text side."""

    text_sides: tuple[TextEncoder, ...]

    @property
    def logit_scale(self) -> float:
        """Mean of the parts' scales, weighted like their cosines."""
        return sum(part.weight**2 * side.logit_scale for part, side in zip(self.parts, self.text_sides, strict=True))

    def encode_texts(self, texts: Sequence[str]) -> Embeddings:
        return _side_by_side([side.encode_texts(texts) for side in self.text_sides], self.parts)


def concatenate(name: str, parts: Sequence[WeightedEncoder]) -> Concatenation:
    """Combine encoders under one name; the result has a text side if all of them have one."""
    length = math.sqrt(sum(part.weight**2 for part in parts))
    scaled = tuple(WeightedEncoder(encoder=part.encoder, weight=part.weight / length) for part in parts)
    identity = _identity(name, parts)
    shapes = tuple(part.encoder.prepare(np.zeros((1, 1, 3), dtype=np.uint8)).shape for part in parts)
    text_sides = tuple(part.encoder for part in parts if isinstance(part.encoder, TextEncoder))
    if len(text_sides) == len(parts):
        return TextConcatenation(identity=identity, parts=scaled, shapes=shapes, text_sides=text_sides)
    return Concatenation(identity=identity, parts=scaled, shapes=shapes)


def _side_by_side(embeddings: Sequence[Embeddings], parts: Sequence[WeightedEncoder]) -> Embeddings:
    weights = [np.float32(part.weight) for part in parts]
    return np.hstack([matrix * weight for matrix, weight in zip(embeddings, weights, strict=True)])


def _identity(name: str, parts: Sequence[WeightedEncoder]) -> EncoderIdentity:
    identities = [part.encoder.identity for part in parts]
    everything = [(*astuple(part.encoder.identity), part.weight) for part in parts]
    return EncoderIdentity(
        name=name,
        weights_sha256=_sha256([identity.weights_sha256 for identity in identities]),
        preprocessing=f"{len(parts)}-parts-{_sha256(everything)[:8]}",
        dimension=sum(identity.dimension for identity in identities),
    )


def _sha256(values: object) -> str:
    return hashlib.sha256(repr(values).encode()).hexdigest()
