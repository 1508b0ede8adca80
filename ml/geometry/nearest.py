"""Finds nearest neighbours by brute force, in blocks that bound the memory.

The dot product of two rows of length one is their cosine: the larger, the nearer.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.geometry.distances import SquaredDistances, squared_lengths
from ml.types import Embeddings

# Bounds the memory to 16 MB of products, and twice as much to sort them, however many embeddings there are.
PRODUCTS_AT_ONCE = 2**22
# Larger blocks do not make the product faster.
ROWS_AT_ONCE = 8_192


@dataclass(frozen=True, kw_only=True, eq=False)
class Neighbours:
    """The k nearest neighbours of each point, or all rows if there are fewer.

    rows: (points, k) rows of the searched embeddings, -1 if an approximate search found fewer; similarities: the same
        shape, cosines.
    """

    rows: NDArray[np.int64]
    similarities: NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, eq=False)
class NearestByDistance:
    """The nearest neighbour of each point by Euclidean distance: rows and squared_distances, both (points,)."""

    rows: NDArray[np.intp]
    squared_distances: SquaredDistances


def nearest_in_any_order(points: Embeddings, searched: Embeddings, *, k: int) -> Neighbours:
    """Find the k most similar rows of each point, in no particular order: the fastest way."""
    found = _room_for(len(points), min(k, len(searched)))
    last = max(len(searched) - k, 0)
    for block, products in _products(points, searched):
        rows = np.argpartition(products, last, axis=1)[:, last:]
        found.rows[block] = rows
        found.similarities[block] = np.take_along_axis(products, rows, axis=1)
    return found


def nearest_first(points: Embeddings, searched: Iterable[Embeddings], *, k: int) -> Neighbours:
    """Find the k most similar rows of each point, the nearest first; ties go to the earlier row.

    Args: searched: chunks (rows, dimension), in order; k: small, each neighbour takes one pass over the products.
    """
    best, seen = _room_for(len(points), 0), 0
    for chunk in searched:
        best = _best_of_both(best, _nearest_of_chunk(points, chunk, k=k, first=seen), k=k)
        seen += len(chunk)
    return best


def nearest_by_distance(points: Embeddings, searched: Embeddings) -> NearestByDistance:
    """Find the nearest row of each point; ties go to the earlier row. The distance is infinite if there are no rows."""
    # |p - s|² = |p|² - 2 (p . s - |s|² / 2): the nearest has the largest bracket.
    half_lengths = squared_lengths(searched) / 2
    rows = np.zeros(len(points), dtype=np.intp)
    brackets = np.full(len(points), -np.inf, dtype=np.float32)
    for first in range(0, len(searched), ROWS_AT_ONCE):
        some = slice(first, first + ROWS_AT_ONCE)
        for block, products in _products(points, searched[some]):
            np.subtract(products, half_lengths[some], out=products)
            place, bracket = _largest(products)
            nearer = bracket > brackets[block]
            rows[block][nearer], brackets[block][nearer] = first + place[nearer], bracket[nearer]
    squared = squared_lengths(points) - 2 * brackets
    return NearestByDistance(rows=rows, squared_distances=np.maximum(squared, 0, out=squared))


def _products(points: Embeddings, searched: Embeddings) -> Iterator[tuple[slice, NDArray[np.float32]]]:
    """Yield each block of points with its dot products, (block, searched); the caller may overwrite them."""
    at_once = min(ROWS_AT_ONCE, max(1, PRODUCTS_AT_ONCE // max(1, len(searched))))
    for start in range(0, len(points), at_once):
        block = slice(start, start + at_once)
        yield block, points[block] @ searched.T


def _nearest_of_chunk(points: Embeddings, chunk: Embeddings, *, k: int, first: int) -> Neighbours:
    """Find the k nearest rows within one chunk. Args: first: the row number of the chunk's first embedding."""
    found = _room_for(len(points), min(k, len(chunk)))
    for block, products in _products(points, chunk):
        for place in range(found.rows.shape[1]):
            rows, found.similarities[block, place] = _largest(products)
            found.rows[block, place] = first + rows
            products[np.arange(len(rows)), rows] = -np.inf
    return found


def _largest(products: NDArray[np.float32]) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Return the column of the largest product of each row, the first if tied, and that product."""
    columns = products.argmax(axis=1)
    return columns, products[np.arange(len(columns)), columns]


def _best_of_both(earlier: Neighbours, later: Neighbours, *, k: int) -> Neighbours:
    rows = np.hstack([earlier.rows, later.rows])
    similarities = np.hstack([earlier.similarities, later.similarities])
    best = np.argsort(-similarities, axis=1, kind="stable")[:, :k]
    return Neighbours(
        rows=np.take_along_axis(rows, best, axis=1), similarities=np.take_along_axis(similarities, best, axis=1)
    )


def _room_for(points: int, k: int) -> Neighbours:
    return Neighbours(rows=np.empty((points, k), dtype=np.int64), similarities=np.empty((points, k), dtype=np.float32))
