"""Groups take turns."""

import numpy as np

from ml.strategies.turns import in_turns, places_in_groups


def test_every_group_gives_its_best_before_any_gives_its_second_best() -> None:
    groups = np.array([0, 0, 1, 0, 2, 1])

    called = in_turns(groups, turn_of_group=np.array([2, 0, 1]))

    assert called.tolist() == [2, 4, 0, 5, 1, 3]


def test_no_places_are_no_turns() -> None:
    assert in_turns(np.empty(0, dtype=np.intp), turn_of_group=np.array([0, 1])).shape == (0,)


def test_places_count_those_of_the_same_group_before() -> None:
    assert places_in_groups(np.array([3, 0, 3, 3, 0])).tolist() == [0, 0, 1, 2, 1]
