"""Squared Euclidean distances between embeddings."""

import numpy as np
from numpy.typing import NDArray

from ml.types import Embeddings

# Of any shape, 0 and above; float32 leaves an error of about 1e-6 on embeddings of length one.
SquaredDistances = NDArray[np.float32]


def squared_distances(points: Embeddings, others: Embeddings) -> SquaredDistances:
    """Compute all squared Euclidean distances between two sets of points. Returns: (points, others)."""
    squared: SquaredDistances = points @ others.T
    squared *= -2
    squared += squared_lengths(points)[:, None]
    squared += squared_lengths(others)
    return np.maximum(squared, 0, out=squared)


def squared_lengths(points: Embeddings) -> NDArray[np.float32]:
    """Compute the squared length of each row. Returns: (points,)."""
    return np.asarray(np.einsum("ij,ij->i", points, points), dtype=np.float32)
