"""Counts how many images of a pool each picked image stands for: those that it is the nearest picked one of."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from ml.types import Embeddings


def stands_for(picked: Embeddings, pool: Iterable[Embeddings]) -> NDArray[np.intp]:
    """Each image of the pool counts once, for the nearest by cosine; of equals for the earliest.

    Args: picked: (picked, dimension); pool: chunks (some, dimension), which may hold the picked ones too.
    Returns: (picked,) counts that sum to the size of the pool, or nothing where nothing was picked.
    """
    counts = np.zeros(len(picked), dtype=np.intp)
    if not len(picked):
        return counts
    for chunk in pool:
        nearest = (chunk @ picked.T).argmax(axis=1)
        counts += np.bincount(nearest, minlength=len(picked))
    return counts
