"""Embeddings read from the cache: a matrix, and the images that its rows belong to."""

from dataclasses import dataclass

from ml.types import Embeddings


@dataclass(frozen=True, kw_only=True)
class CachedEmbeddings:
    """Embeddings found in the cache: matrix row i belongs to image_ids[i]."""

    image_ids: tuple[str, ...]
    matrix: Embeddings
