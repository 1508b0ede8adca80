"""In-memory double of the embedding cache."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ml.encoders.base import EncoderIdentity
from ml.types import Embeddings
from service.adapters.lance_embedding_cache import check_embeddings
from service.domain.cached_embeddings import CachedEmbeddings


class InMemoryEmbeddingCache:
    """Keeps embeddings in a dictionary."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], NDArray[np.float32]] = {}

    def read(self, identity: EncoderIdentity, image_ids: Sequence[str]) -> CachedEmbeddings:
        found = tuple(i for i in image_ids if (identity.key, i) in self._rows)
        matrix = np.zeros((len(found), identity.dimension), dtype=np.float32)
        for row, image_id in enumerate(found):
            matrix[row] = self._rows[identity.key, image_id]
        return CachedEmbeddings(image_ids=found, matrix=matrix)

    def missing(self, identity: EncoderIdentity, image_ids: Sequence[str]) -> list[str]:
        return [i for i in dict.fromkeys(image_ids) if (identity.key, i) not in self._rows]

    def write(self, identity: EncoderIdentity, image_ids: Sequence[str], matrix: Embeddings) -> None:
        """Add a batch after the same checks as the real cache. Raises: InvalidEmbeddings."""
        check_embeddings(identity, image_ids, matrix)
        for image_id, row in zip(image_ids, matrix, strict=True):
            self._rows.setdefault((identity.key, image_id), row.copy())

    def chunks(self, identity: EncoderIdentity, image_ids: Sequence[str], *, rows: int) -> Iterator[CachedEmbeddings]:
        for start in range(0, len(image_ids), rows):
            found = self.read(identity, image_ids[start : start + rows])
            if found.image_ids:
                yield found
