"""Exact nearest neighbour search: compares with every embedding."""

from dataclasses import dataclass

from ml.geometry.nearest import Neighbours, nearest_in_any_order
from ml.types import Embeddings, Tensors


@dataclass(frozen=True, kw_only=True, eq=False)
class ExactSearch:
    """Exact search by cosine in `embeddings`."""

    embeddings: Embeddings

    def nearest(self, embeddings: Embeddings, *, k: int) -> Neighbours:
        """Find the k most similar rows; all if there are fewer."""
        return nearest_in_any_order(embeddings, self.embeddings, k=k)

    def tensors(self) -> Tensors:
        return {"embeddings": self.embeddings}

    @property
    def parameters(self) -> int:
        """Number of values that are stored for the search."""
        return self.embeddings.size

    def multiply_adds(self, k: int) -> int:
        """Return the multiply-adds of one search."""
        return self.embeddings.size
