"""Tests the exact search."""

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from ml.heads.neighbours.exact_search import ExactSearch
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
