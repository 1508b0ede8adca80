"""Finds nearest neighbours by comparing with every embedding there is."""

from dataclasses import dataclass

import numpy as np

from ml.heads.neighbour_votes import Neighbours
from ml.types import Embeddings, Tensors

# Bounds the memory of a search, however many images there are: 16 MB of similarities, twice as much to sort them.
SIMILARITIES_AT_ONCE = 2**22


@dataclass(frozen=True, kw_only=True, eq=False)
class ExactSearch:
    """embeddings: (rows, dimension) that are searched."""

    embeddings: Embeddings

    def nearest(self, embeddings: Embeddings, *, k: int) -> Neighbours:
        """The k most similar rows, or all where there are fewer."""
        images_at_once = max(1, SIMILARITIES_AT_ONCE // len(self.embeddings))
        starts = range(0, max(1, len(embeddings)), images_at_once)
        found = [self._nearest(embeddings[start : start + images_at_once], k) for start in starts]
        return Neighbours(
            rows=np.concatenate([each.rows for each in found]),
            similarities=np.concatenate([each.similarities for each in found]),
        )

    def tensors(self) -> Tensors:
        return {"embeddings": self.embeddings}

    @property
    def parameters(self) -> int:
        """Numbers that are kept to search."""
        return self.embeddings.size

    def multiply_adds(self, k: int) -> int:
        """Of one image's search."""
        return self.embeddings.size

    def _nearest(self, embeddings: Embeddings, k: int) -> Neighbours:
        similarities = embeddings @ self.embeddings.T
        last = max(similarities.shape[1] - k, 0)
        rows = np.argpartition(similarities, last, axis=1)[:, last:]
        return Neighbours(rows=rows, similarities=np.take_along_axis(similarities, rows, axis=1))
