"""Scales rows to length one (L2 normalisation), so that the dot product of two rows is their cosine."""

import numpy as np
from numpy.typing import NDArray


def l2_normalise(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Divide each row of a (rows, dimension) array by its length; a row of zeros has no direction and is kept."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1), dtype=np.float32)
