"""Rows of length one, as embeddings have: a product of two is their cosine."""

import numpy as np
from numpy.typing import NDArray


def unit_rows(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """A row of zeros has no direction and stays as it is. Args: rows: (rows, dimension). Returns: the same shape."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1), dtype=np.float32)
