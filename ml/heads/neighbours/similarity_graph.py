"""Stores the HNSW graph of an approximate search as plain arrays, and checks them before faiss uses them."""

from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ml.errors import BrokenGraph
from ml.types import Tensors

TO_INSTALL = 'faiss is not installed: pip install "margin[approximate]"'


def has_faiss() -> bool:
    """Return True if faiss is installed; loads nothing."""
    return find_spec("faiss") is not None


def load_faiss() -> Any:
    """Import faiss; untyped, because its type stubs leave out a part of it."""
    import faiss  # noqa: PLC0415

    return faiss


NO_LINK = -1


@dataclass(frozen=True, kw_only=True, eq=False)
class SimilarityGraph:
    """Links between similar embeddings on several layers; each layer has a part of the embeddings of the one below.

    Attributes:
        links: (slots,), for each embedding its slots on layer 0, then on layer 1 and so on; a slot has the row of the
            linked embedding, or NO_LINK.
        layers: (embeddings,), number of layers that each embedding is on.
        entry: row where a search starts.
    """

    links: NDArray[np.int32]
    layers: NDArray[np.int32]
    entry: int

    @classmethod
    def of(cls, hnsw: Any) -> Self:
        """Copy the graph out of faiss.

        Args: hnsw: a `faiss.HNSW`.
        """
        array_of = load_faiss().vector_to_array
        return cls(links=array_of(hnsw.neighbors), layers=array_of(hnsw.levels), entry=int(hnsw.entry_point))

    def tensors(self) -> Tensors:
        return {"links": self.links, "layers": self.layers, "entry": np.array(self.entry)}

    @classmethod
    def restore(cls, tensors: Tensors) -> Self:
        """Rebuild the graph from `tensors`, unchecked."""
        return cls(links=tensors["links"], layers=tensors["layers"], entry=int(tensors["entry"]))

    def copy_into(self, hnsw: Any, *, embeddings: int) -> None:
        """Check the graph and copy it into an empty `faiss.HNSW` with the same number of links per embedding.

        Args: embeddings: number of embeddings in the index.
        Raises: BrokenGraph.
        """
        if len(self.layers) != embeddings:
            raise BrokenGraph(f"a saved graph has {len(self.layers)} embeddings, but {embeddings} are stored with it")
        faiss = load_faiss()
        ends = faiss.vector_to_array(hnsw.cum_nneighbor_per_level)
        starts = self._starts(ends)
        self._require_links_inside(starts, ends)
        faiss.copy_array_to_vector(self.links, hnsw.neighbors)
        faiss.copy_array_to_vector(self.layers, hnsw.levels)
        faiss.copy_array_to_vector(starts.astype(np.uint64), hnsw.offsets)
        hnsw.entry_point, hnsw.max_level = self.entry, int(self.layers.max()) - 1

    def _starts(self, ends: NDArray[np.int32]) -> NDArray[np.int64]:
        """Return where the slots of each embedding start, and the end of all slots.

        Args: ends: (layers + 1,), number of slots of an embedding below each layer.
        """
        if not np.all((self.layers > 0) & (self.layers < len(ends))):
            raise BrokenGraph(f"a saved graph has an embedding on 0 or on more than {len(ends) - 1} layers")
        starts = np.concatenate([[0], np.cumsum(ends[self.layers], dtype=np.int64)])
        if starts[-1] != len(self.links):
            raise BrokenGraph(f"a saved graph has {len(self.links)} slots for links, but its layers need {starts[-1]}")
        return starts

    def _require_links_inside(self, starts: NDArray[np.int64], ends: NDArray[np.int32]) -> None:
        """Check that each link on a layer leads to an embedding on that layer: a search reads its slots there."""
        layers = self.layers.max()
        if not 0 <= self.entry < len(self.layers) or self.layers[self.entry] != layers:
            raise BrokenGraph(f"a search would start at embedding {self.entry}, which is not on all {layers} layers")
        for layer in range(layers):
            slots = np.arange(ends[layer], ends[layer + 1])
            linked = self.links[starts[:-1][self.layers > layer][:, np.newaxis] + slots]
            self._require_on(layer, linked[linked != NO_LINK])

    def _require_on(self, layer: int, linked: NDArray[np.int32]) -> None:
        outside = (linked < 0) | (linked >= len(self.layers))
        if outside.any():
            raise BrokenGraph(f"a saved graph links embedding {linked[outside][0]} of {len(self.layers)}")
        if np.any(self.layers[linked] <= layer):
            raise BrokenGraph(f"a saved graph links embeddings on layer {layer} that are not on this layer")
