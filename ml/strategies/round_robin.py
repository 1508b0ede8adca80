"""Lets groups of images take turns, so that each gives its best before any gives its second best."""

import numpy as np
from numpy.typing import NDArray

from ml.geometry.k_means import Clusters
from ml.types import Rows


def round_robin(groups: NDArray[np.intp], *, turn_of_group: NDArray[np.intp]) -> Rows:
    """All places in the order in which they are called up.

    Args: groups: (places,) the group of each, the best of a group before its second best; turn_of_group: (groups,)
        which group is called up first, second, ... in each round.
    """
    return np.asarray(np.lexsort((turn_of_group[groups], places_in_groups(groups))), dtype=np.intp)


def places_in_groups(groups: NDArray[np.intp]) -> NDArray[np.intp]:
    """(places,) how many of its own group come before each."""
    by_group = np.argsort(groups, kind="stable")
    sizes = np.bincount(groups)
    found = np.empty(len(groups), dtype=np.intp)
    found[by_group] = np.arange(len(groups)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return found


def nearest_to_centre(found: Clusters, *, weights: NDArray[np.float64] | None = None) -> Rows:
    """All points in turns: of each cluster the nearest to its centre, then the second nearest, and so on.

    Args: weights: (points,) the cluster that holds most weight comes first; None is the cluster of most points.
    """
    nearest_first = np.argsort(found.distances, kind="stable")
    heaviest_first = np.argsort(-np.bincount(found.members, weights=weights), kind="stable")
    turns = round_robin(found.members[nearest_first], turn_of_group=np.argsort(heaviest_first))
    return np.asarray(nearest_first[turns], dtype=np.intp)
