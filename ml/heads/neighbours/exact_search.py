"""Finds nearest neighbours by comparing with every embedding there is."""

from dataclasses import dataclass

from ml.geometry.nearest import Neighbours, nearest_in_any_order
from ml.types import Embeddings, Tensors


@dataclass(frozen=True, kw_only=True, eq=False)
class ExactSearch:
    """embeddings: (rows, dimension) that are searched."""

    embeddings: Embeddings

    def nearest(self, embeddings: Embeddings, *, k: int) -> Neighbours:
        """The k most similar rows, or all where there are fewer."""
        return nearest_in_any_order(embeddings, self.embeddings, k=k)

    def tensors(self) -> Tensors:
        return {"embeddings": self.embeddings}

    @property
    def parameters(self) -> int:
        """Numbers that are kept to search."""
        return self.embeddings.size

    def multiply_adds(self, k: int) -> int:
        """Of one image's search."""
        return self.embeddings.size
