"""Squared distances."""

import pytest

from ml.geometry.distances import squared_distances
from tests.ml.clouds import cloud


def test_distances_are_those_of_the_formula_also_of_a_row_of_zeros() -> None:
    points, others = cloud(3, 4).embeddings, cloud(5, seed=1).embeddings
    points[0] = 0

    expected = ((points[:, None] - others[None]) ** 2).sum(axis=2)

    assert squared_distances(points, others) == pytest.approx(expected, abs=1e-6)


def test_no_distance_is_below_zero() -> None:
    points = cloud(200).embeddings

    assert squared_distances(points, points).min() >= 0
