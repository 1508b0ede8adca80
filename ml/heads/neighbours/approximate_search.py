"""Finds most of the nearest neighbours by walking a graph of similar embeddings, in a small part of the time."""

from dataclasses import dataclass
from typing import Any

from threadpoolctl import threadpool_limits

from ml.geometry.nearest import Neighbours
from ml.heads.neighbours.similarity_graph import SimilarityGraph, load_faiss
from ml.types import Embeddings, Tensors

# On 100,000 embeddings of 1280 numbers and one busy core: built in 25 s, 0.5 ms a search instead of 90, and 98 of 100
# true neighbours found. Twice the links took twice as long for one more.
LINKS = 16
BREADTH_OF_BUILDING = 40
BREADTH_OF_SEARCH = 100
# Embeddings that were compared with an image, for each one that a search keeps track of.
COMPARED_PER_BREADTH = 7


@dataclass(frozen=True, kw_only=True, eq=False)
class ApproximateSearch:
    """HNSW of Malkov and Yashunin 2018, "Efficient and robust approximate nearest neighbor search", by faiss.

    index: a `faiss.IndexHNSWFlat` over cosines.
    """

    index: Any

    def nearest(self, embeddings: Embeddings, *, k: int) -> Neighbours:
        """About the k most similar rows, fewer where the walk found no more."""
        parameters = load_faiss().SearchParametersHNSW(efSearch=_breadth(k))
        similarities, rows = self.index.search(embeddings, min(k, self.index.ntotal), params=parameters)
        return Neighbours(rows=rows, similarities=similarities)

    def tensors(self) -> Tensors:
        """Plain arrays instead of faiss's own file format: a crafted file of that can make its reader run anything."""
        embeddings = self.index.storage.reconstruct_n(0, self.index.ntotal)
        return {"embeddings": embeddings, **SimilarityGraph.of(self.index.hnsw).tensors()}

    @property
    def parameters(self) -> int:
        """Numbers that are kept to search."""
        return int(self.index.ntotal * self.index.d + self.index.hnsw.neighbors.size())

    def multiply_adds(self, k: int) -> int:
        """Of one image's search, about."""
        return int(min(self.index.ntotal, COMPARED_PER_BREADTH * _breadth(k)) * self.index.d)


def build_search(embeddings: Embeddings) -> ApproximateSearch:
    """The same embeddings give the same graph. Needs faiss."""
    index = _empty_index(dimension=embeddings.shape[1])
    # On several threads the order in which embeddings enter the graph is left to chance.
    with threadpool_limits(limits=1, user_api="openmp"):
        index.add(embeddings)
    return ApproximateSearch(index=index)


def restore_search(tensors: Tensors) -> ApproximateSearch:
    """From what `ApproximateSearch.tensors` gave. Raises: BrokenGraph. Needs faiss."""
    embeddings = tensors["embeddings"]
    index = _empty_index(dimension=embeddings.shape[1])
    SimilarityGraph.restore(tensors).enter(index.hnsw, embeddings=len(embeddings))
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
