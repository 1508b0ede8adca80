"""Nearest neighbours with any size of blocks, against scikit-learn."""

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from ml.geometry import nearest
from ml.geometry.nearest import nearest_by_distance, nearest_first, nearest_in_any_order
from ml.types import Embeddings
from tests.ml.clouds import cloud

POINTS, SEARCHED = cloud(9, 8, noise=0.5).embeddings, cloud(20, 21, noise=0.5, seed=1).embeddings


@pytest.fixture(params=[(1, 1), (60, 7), (2**22, 8_192)])
def _blocks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the number of products and rows at once: one by one, some, all."""
    products, rows = request.param
    monkeypatch.setattr(nearest, "PRODUCTS_AT_ONCE", products)
    monkeypatch.setattr(nearest, "ROWS_AT_ONCE", rows)


def by_cosine(k: int) -> tuple[Embeddings, Embeddings]:
    """Sort similarities and rows, the nearest first."""
    distances, rows = NearestNeighbors(metric="cosine").fit(SEARCHED).kneighbors(POINTS, k)
    return 1 - distances, rows


@pytest.mark.usefixtures("_blocks")
def test_in_any_order_the_same_are_found_as_by_scikit_learn() -> None:
    found = nearest_in_any_order(POINTS, SEARCHED, k=5)

    similarities, rows = by_cosine(5)
    assert np.array_equal(np.sort(found.rows), np.sort(rows))
    assert np.sort(found.similarities) == pytest.approx(np.sort(similarities), abs=1e-5)


@pytest.mark.usefixtures("_blocks")
@pytest.mark.parametrize("rows_at_once", [1, 3, 41])
def test_in_order_they_are_those_of_scikit_learn_whatever_the_chunks(rows_at_once: int) -> None:
    chunks = [SEARCHED[start : start + rows_at_once] for start in range(0, len(SEARCHED), rows_at_once)]

    found = nearest_first(POINTS, chunks, k=3)

    similarities, rows = by_cosine(3)
    assert np.array_equal(found.rows, rows)
    assert found.similarities == pytest.approx(similarities, abs=1e-5)


@pytest.mark.parametrize("chunks", [[[0, 0, 1, 0]], [[0, 0], [1, 0]], [[0], [0], [1], [0]]])
def test_of_equals_the_earlier_comes_first(chunks: list[list[int]]) -> None:
    two = np.eye(2, dtype=np.float32)

    assert nearest_first(two[:1], [two[chunk] for chunk in chunks], k=2).rows.tolist() == [[0, 1]]
    assert nearest_by_distance(two, np.concatenate([two[chunk] for chunk in chunks])).rows.tolist() == [0, 2]


@pytest.mark.usefixtures("_blocks")
def test_nearest_by_distance_agrees_with_scikit_learn_for_any_lengths() -> None:
    points, searched = (each * np.linspace(0.5, 3, len(each), dtype=np.float32)[:, None] for each in (POINTS, SEARCHED))

    found = nearest_by_distance(points, searched)

    distances, rows = NearestNeighbors().fit(searched).kneighbors(points, 1)
    assert np.array_equal(found.rows, rows[:, 0])
    assert found.squared_distances == pytest.approx(distances[:, 0] ** 2, abs=1e-5)


def test_nothing_is_found_among_no_rows() -> None:
    assert nearest_first(POINTS, [], k=3).rows.shape == (17, 0)
    assert np.isinf(nearest_by_distance(POINTS, POINTS[:0]).squared_distances).all()


def test_no_points_have_no_neighbours() -> None:
    assert nearest_in_any_order(POINTS[:0], SEARCHED, k=3).rows.shape == (0, 3)
    assert nearest_first(POINTS[:0], [SEARCHED], k=3).rows.shape == (0, 3)
    assert nearest_by_distance(POINTS[:0], SEARCHED).rows.shape == (0,)


def test_no_distance_is_below_zero() -> None:
    assert nearest_by_distance(SEARCHED, SEARCHED).squared_distances.min() >= 0
