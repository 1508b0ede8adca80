"""Lets clusters take turns, each with the images that stand for it best."""

import numpy as np
from numpy.typing import NDArray

from ml.geometry.k_means import Clusters
from ml.strategies.turns import in_turns
from ml.types import Rows


def representatives(found: Clusters, *, weights: NDArray[np.float64] | None = None) -> Rows:
    """All points in turns: of each cluster the nearest to its centre, then the second nearest, and so on.

    Args: weights: (points,) the cluster that holds most weight comes first; None is the cluster of most points.
    """
    nearest_first = np.argsort(found.distances, kind="stable")
    heaviest_first = np.argsort(-np.bincount(found.members, weights=weights), kind="stable")
    turns = in_turns(found.members[nearest_first], turn_of_group=np.argsort(heaviest_first))
    return np.asarray(nearest_first[turns], dtype=np.intp)
