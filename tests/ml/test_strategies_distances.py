"""Squared distances, whole and by blocks."""

import numpy as np
import pytest

from ml.strategies.distances import OTHERS_AT_ONCE, POINTS_AT_ONCE, least_squared_distances, squared_distances
from tests.ml.clouds import cloud


def test_distances_are_those_of_the_formula_also_of_a_row_of_zeros() -> None:
    points, others = cloud(3, 4).embeddings, cloud(5, seed=1).embeddings
    points[0] = 0

    expected = ((points[:, None] - others[None]) ** 2).sum(axis=2)

    assert squared_distances(points, others) == pytest.approx(expected, abs=1e-6)


def test_no_distance_is_below_zero() -> None:
    points = cloud(200).embeddings

    assert squared_distances(points, points).min() >= 0


def test_the_least_distance_is_found_across_blocks() -> None:
    points = cloud(POINTS_AT_ONCE + 3, noise=1).embeddings
    others = cloud(OTHERS_AT_ONCE + 3, noise=1, seed=1).embeddings

    found = least_squared_distances(points, others)

    some = [0, POINTS_AT_ONCE - 1, POINTS_AT_ONCE, POINTS_AT_ONCE + 2]
    assert found.shape == (len(points),)
    assert found[some] == pytest.approx(squared_distances(points[some], others).min(axis=1), abs=1e-6)


def test_nothing_is_near_where_there_is_nothing() -> None:
    points = cloud(3).embeddings

    assert np.isinf(least_squared_distances(points, points[:0])).all()
