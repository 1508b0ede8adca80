"""Refuses embeddings that no cache should ever hold."""

from collections.abc import Sequence

import numpy as np

from ml.encoder import EncoderIdentity
from ml.types import Embeddings
from service.domain.errors import MarginError


class InvalidEmbeddings(MarginError, ValueError):
    """Not one finite float32 row of the encoder's dimension for each image; the message says what came instead."""


def check_embeddings(identity: EncoderIdentity, image_ids: Sequence[str], matrix: Embeddings) -> None:
    """Raises: InvalidEmbeddings."""
    expected = (len(image_ids), identity.dimension)
    if matrix.shape != expected or matrix.dtype != np.float32:
        raise InvalidEmbeddings(
            f"{identity.name} gives {expected} float32 embeddings, got {matrix.shape} {matrix.dtype}"
        )
    if not np.isfinite(matrix).all():
        broken = image_ids[int(np.argmin(np.isfinite(matrix).all(axis=1)))]
        raise InvalidEmbeddings(f"{identity.name} gave an embedding of image {broken} that is not finite")
