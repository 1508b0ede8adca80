"""Orders images by round-robin over groups: the best of each group before the second best of any."""

import numpy as np
from numpy.typing import NDArray

from ml.geometry.k_means import Clusters
from ml.types import Rows


def round_robin(groups: NDArray[np.intp], *, turn_of_group: NDArray[np.intp]) -> Rows:
    """Order all places by round-robin over their groups.

    Args: groups: (places,) the group of each, the best of a group before its second best; turn_of_group: (groups,)
        the position of each group within a round.
    """
    return np.asarray(np.lexsort((turn_of_group[groups], places_in_groups(groups))), dtype=np.intp)


def places_in_groups(groups: NDArray[np.intp]) -> NDArray[np.intp]:
    """Count for each place how many of its own group come before it. Returns: (places,)."""
    by_group = np.argsort(groups, kind="stable")
    sizes = np.bincount(groups)
    found = np.empty(len(groups), dtype=np.intp)
    found[by_group] = np.arange(len(groups)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return found


def nearest_to_centre(found: Clusters, *, weights: NDArray[np.float64] | None = None) -> Rows:
    """Order all points by round-robin over clusters: the nearest to each centre, then the second nearest, and so on.

    Args: weights: (points,) the cluster with the most weight comes first; None weighs all points equally.
    """
    nearest_first = np.argsort(found.distances, kind="stable")
    heaviest_first = np.argsort(-np.bincount(found.members, weights=weights), kind="stable")
    turns = round_robin(found.members[nearest_first], turn_of_group=np.argsort(heaviest_first))
    return np.asarray(nearest_first[turns], dtype=np.intp)
