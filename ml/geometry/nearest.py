"""Finds nearest neighbours by comparing with every embedding, in blocks that bound the memory.

Between rows of length one the product is the cosine: the larger, the nearer.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.geometry.distances import SquaredDistances, squared_lengths
from ml.types import Embeddings

# However many embeddings there are, 16 MB of products are in memory, and twice as much to sort them.
PRODUCTS_AT_ONCE = 2**22
# More than so many on one side make no product faster.
ROWS_AT_ONCE = 8_192


@dataclass(frozen=True, kw_only=True, eq=False)
class Neighbours:
    """The nearest of some points that were searched, k or all where there are fewer.

    rows: (points, k) of what was searched, -1 where an approximate search found fewer; similarities: the same shape,
        cosines.
    """

    rows: NDArray[np.int64]
    similarities: NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, eq=False)
class NearestByDistance:
    """The nearest of some points by Euclidean distance: rows: (points,); squared_distances: (points,)."""

    rows: NDArray[np.intp]
    squared_distances: SquaredDistances


def nearest_in_any_order(points: Embeddings, searched: Embeddings, *, k: int) -> Neighbours:
    """Find the k most similar rows of each point, as fast as that goes."""
    found = _room_for(len(points), min(k, len(searched)))
    last = max(len(searched) - k, 0)
    for block, products in _products(points, searched):
        rows = np.argpartition(products, last, axis=1)[:, last:]
        found.rows[block] = rows
        found.similarities[block] = np.take_along_axis(products, rows, axis=1)
    return found


def nearest_first(points: Embeddings, searched: Iterable[Embeddings], *, k: int) -> Neighbours:
    """Find the k most similar rows of each point, the nearest first; of equals the earlier.

    Args: searched: chunks (some, dimension), in order; k: a few, for each takes a pass over the products.
    """
    best, seen = _room_for(len(points), 0), 0
    for chunk in searched:
        best = _best_of_both(best, _nearest_of_chunk(points, chunk, k=k, first=seen), k=k)
        seen += len(chunk)
    return best


def nearest_by_distance(points: Embeddings, searched: Embeddings) -> NearestByDistance:
    """Find the nearest of each point, the first of equals; where nothing is searched, at an infinite distance."""
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
    """Each block of points, with its products: (block, searched), to be changed at will."""
    at_once = min(ROWS_AT_ONCE, max(1, PRODUCTS_AT_ONCE // max(1, len(searched))))
    for start in range(0, len(points), at_once):
        block = slice(start, start + at_once)
        yield block, points[block] @ searched.T


def _nearest_of_chunk(points: Embeddings, chunk: Embeddings, *, k: int, first: int) -> Neighbours:
    """Args: first: the row of the chunk's first embedding."""
    found = _room_for(len(points), min(k, len(chunk)))
    for block, products in _products(points, chunk):
        for place in range(found.rows.shape[1]):
            rows, found.similarities[block, place] = _largest(products)
            found.rows[block, place] = first + rows
            products[np.arange(len(rows)), rows] = -np.inf
    return found


def _largest(products: NDArray[np.float32]) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """The column of the largest product of each row, the first of equals, and that product."""
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
