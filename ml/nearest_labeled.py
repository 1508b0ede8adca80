"""Finds the labeled images that each of a few images is nearest to."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.types import Embeddings


@dataclass(frozen=True, kw_only=True, eq=False)
class NearestLabeled:
    """The nearest labeled images of some images, nearest first; of equals the earlier.

    Attributes: rows: (images, k) of the labeled images; distances: (images, k), 1 - cosine, 0..2.
    """

    rows: NDArray[np.intp]
    distances: NDArray[np.float64]


def nearest_labeled(embeddings: Embeddings, labeled: Iterable[Embeddings], *, k: int) -> NearestLabeled:
    """The k nearest, or all where there are fewer; in memory are the similarities to one chunk at a time.

    Args: embeddings: (images, dimension); labeled: chunks (some, dimension) of all labeled images, in order.
    """
    rows: NDArray[np.intp] = np.empty((len(embeddings), 0), dtype=np.intp)
    similarities: NDArray[np.float32] = np.empty((len(embeddings), 0), dtype=np.float32)
    seen = 0
    for chunk in labeled:
        of_chunk = embeddings @ chunk.T
        rows = np.hstack([rows, np.tile(np.arange(seen, seen + len(chunk)), (len(embeddings), 1))])
        similarities = np.hstack([similarities, of_chunk])
        nearest = np.argsort(-similarities, axis=1, kind="stable")[:, :k]
        rows = np.take_along_axis(rows, nearest, axis=1)
        similarities = np.take_along_axis(similarities, nearest, axis=1)
        seen += len(chunk)
    # Of two equal embeddings the product may be a little more than 1.
    return NearestLabeled(rows=rows, distances=np.clip(1 - similarities.astype(np.float64), 0, 2))
