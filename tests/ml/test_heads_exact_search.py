"""Search by comparing with everything."""

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from ml.heads import exact_search
from ml.heads.exact_search import ExactSearch
from tests.ml.clouds import cloud


def test_finds_what_scikit_learn_finds() -> None:
    searched, images = cloud(40, 40, noise=0.5), cloud(15, 15, noise=0.5, seed=1)
    distances, rows = NearestNeighbors(metric="cosine").fit(searched.embeddings).kneighbors(images.embeddings, 9)

    found = ExactSearch(embeddings=searched.embeddings).nearest(images.embeddings, k=9)

    assert np.array_equal(np.sort(found.rows), np.sort(rows))
    assert np.sort(found.similarities) == pytest.approx(np.sort(1 - distances), abs=1e-5)


def test_finds_all_where_there_are_fewer_than_asked_for() -> None:
    searched = cloud(2, 1)

    found = ExactSearch(embeddings=searched.embeddings).nearest(searched.embeddings, k=20)

    assert np.array_equal(np.sort(found.rows), np.tile([0, 1, 2], (3, 1)))


@pytest.mark.parametrize("at_once", [1, 60, 100])
def test_how_many_are_compared_at_once_makes_no_difference(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    searched = cloud(10, 10, noise=0.5)
    search = ExactSearch(embeddings=searched.embeddings)
    at_a_stroke = search.nearest(searched.embeddings, k=3)

    monkeypatch.setattr(exact_search, "SIMILARITIES_AT_ONCE", at_once)

    assert np.array_equal(np.sort(search.nearest(searched.embeddings, k=3).rows), np.sort(at_a_stroke.rows))
