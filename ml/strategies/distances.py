"""Squared distances between embeddings, a block at a time where they would not fit into memory."""

import numpy as np
from numpy.typing import NDArray

from ml.types import Embeddings

# Of any shape, 0 and above; float32 leaves an error of about 1e-6 on embeddings of length one.
SquaredDistances = NDArray[np.float32]

# 64 MB of distances at a time.
POINTS_AT_ONCE = 2_048
OTHERS_AT_ONCE = 8_192


def squared_distances(points: Embeddings, others: Embeddings) -> SquaredDistances:
    """Returns: (points, others)."""
    squared: SquaredDistances = points @ others.T
    squared *= -2
    squared += squared_lengths(points)[:, None]
    squared += squared_lengths(others)
    return np.maximum(squared, 0, out=squared)


def least_squared_distances(points: Embeddings, others: Embeddings) -> SquaredDistances:
    """From each point to the nearest of the others, infinite where there are none. Returns: (points,)."""
    least = np.full(len(points), np.inf, dtype=np.float32)
    for start in range(0, len(points), POINTS_AT_ONCE):
        block = slice(start, start + POINTS_AT_ONCE)
        for first in range(0, len(others), OTHERS_AT_ONCE):
            squared = squared_distances(points[block], others[first : first + OTHERS_AT_ONCE])
            np.minimum(least[block], squared.min(axis=1), out=least[block])
    return least


def squared_lengths(points: Embeddings) -> NDArray[np.float32]:
    """Returns: (points,)."""
    return np.asarray(np.einsum("ij,ij->i", points, points), dtype=np.float32)
