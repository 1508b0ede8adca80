"""Approximate nearest neighbour search (HNSW): finds most neighbours in a small part of the time."""

from dataclasses import dataclass
from typing import Any

from threadpoolctl import threadpool_limits

from ml.geometry.nearest import Neighbours
from ml.heads.neighbours.similarity_graph import SimilarityGraph, load_faiss
from ml.types import Embeddings, Tensors

# On 100,000 embeddings of 1280 dimensions and one busy core: built in 25 s, 0.5 ms per search instead of 90 ms, and 98
# of 100 true neighbours found. Twice the links took twice as long and found one more.
LINKS = 16
BREADTH_OF_BUILDING = 40
BREADTH_OF_SEARCH = 100
# Measured number of comparisons per entry of a search's candidate list (efSearch).
COMPARED_PER_BREADTH = 7


@dataclass(frozen=True, kw_only=True, eq=False)
class ApproximateSearch:
    """HNSW (Malkov and Yashunin 2018, "Efficient and robust approximate nearest neighbor search") by faiss.

    Attributes: index: a `faiss.IndexHNSWFlat` over cosines.
    """

    index: Any

    def nearest(self, embeddings: Embeddings, *, k: int) -> Neighbours:
        """Find about the k most similar rows; fewer if the graph search found no more."""
        parameters = load_faiss().SearchParametersHNSW(efSearch=_breadth(k))
        similarities, rows = self.index.search(embeddings, min(k, self.index.ntotal), params=parameters)
        return Neighbours(rows=rows, similarities=similarities)

    def tensors(self) -> Tensors:
        """Return plain arrays. In faiss's own file format a crafted file can make the reader run any code."""
        embeddings = self.index.storage.reconstruct_n(0, self.index.ntotal)
        return {"embeddings": embeddings, **SimilarityGraph.of(self.index.hnsw).tensors()}

    @property
    def parameters(self) -> int:
        """Number of values that are stored for the search."""
        return int(self.index.ntotal * self.index.d + self.index.hnsw.neighbors.size())

    def multiply_adds(self, k: int) -> int:
        """Estimate the multiply-adds of one search."""
        return int(min(self.index.ntotal, COMPARED_PER_BREADTH * _breadth(k)) * self.index.d)


def build_search(embeddings: Embeddings) -> ApproximateSearch:
    """Build the graph; the same embeddings give the same graph. Needs faiss."""
    index = _empty_index(dimension=embeddings.shape[1])
    # On several threads the order in which embeddings enter the graph would be random.
    with threadpool_limits(limits=1, user_api="openmp"):
        index.add(embeddings)
    return ApproximateSearch(index=index)


def restore_search(tensors: Tensors) -> ApproximateSearch:
    """Rebuild the search from `ApproximateSearch.tensors`. Needs faiss. Raises: BrokenGraph."""
    embeddings = tensors["embeddings"]
    index = _empty_index(dimension=embeddings.shape[1])
    SimilarityGraph.restore(tensors).copy_into(index.hnsw, embeddings=len(embeddings))
    index.storage.add(embeddings)
    index.ntotal = len(embeddings)
    return ApproximateSearch(index=index)


def _breadth(k: int) -> int:
    return max(BREADTH_OF_SEARCH, 2 * k)


def _empty_index(*, dimension: int) -> Any:
    faiss = load_faiss()
    index = faiss.IndexHNSWFlat(dimension, LINKS, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = BREADTH_OF_BUILDING
    return index
