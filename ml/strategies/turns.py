"""Lets groups of images take turns, so that each gives its best before any gives its second best."""

import numpy as np
from numpy.typing import NDArray

from ml.pool import Rows


def in_turns(groups: NDArray[np.intp], *, turn_of_group: NDArray[np.intp]) -> Rows:
    """All places in the order in which they are called up.

    Args: groups: (places,) the group of each, the best of a group before its second best; turn_of_group: (groups,)
        which group is called up first, second, ... in each round.
    """
    place_in_group = np.empty(len(groups), dtype=np.intp)
    by_group = np.argsort(groups, kind="stable")
    sizes = np.bincount(groups, minlength=len(turn_of_group))
    place_in_group[by_group] = np.arange(len(groups)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return np.asarray(np.lexsort((turn_of_group[groups], place_in_group)), dtype=np.intp)
