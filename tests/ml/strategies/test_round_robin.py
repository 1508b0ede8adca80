"""Round-robin over groups."""

import numpy as np

from ml.geometry.k_means import Clusters
from ml.strategies.round_robin import nearest_to_centre, places_in_groups, round_robin


def test_every_group_gives_its_best_before_any_gives_its_second_best() -> None:
    groups = np.array([0, 0, 1, 0, 2, 1])

    called = round_robin(groups, turn_of_group=np.array([2, 0, 1]))

    assert called.tolist() == [2, 4, 0, 5, 1, 3]


def test_no_places_are_no_turns() -> None:
    assert round_robin(np.empty(0, dtype=np.intp), turn_of_group=np.array([0, 1])).shape == (0,)


def test_places_count_those_of_the_same_group_before() -> None:
    assert places_in_groups(np.array([3, 0, 3, 3, 0])).tolist() == [0, 0, 1, 2, 1]


FOUND = Clusters(
    centres=np.zeros((2, 1), dtype=np.float32),
    members=np.array([0, 0, 0, 1, 1]),
    distances=np.array([3, 1, 2, 0.5, 0.4], dtype=np.float32),
)


def test_the_largest_cluster_comes_first_with_its_nearest() -> None:
    assert nearest_to_centre(FOUND).tolist() == [1, 4, 2, 3, 0]


def test_the_heaviest_cluster_comes_first_where_points_have_weights() -> None:
    assert nearest_to_centre(FOUND, weights=np.array([1.0, 1, 1, 2, 2])).tolist() == [4, 1, 3, 2, 0]
