"""The nearest labeled images."""

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from ml.nearest_labeled import nearest_labeled
from tests.ml.clouds import cloud


@pytest.mark.parametrize("rows_at_once", [1, 3, 40])
def test_they_are_those_that_another_library_finds_whatever_the_chunks(rows_at_once: int) -> None:
    embeddings, labeled = cloud(4, 4, seed=1).embeddings, cloud(20, 20, seed=2).embeddings
    chunks = [labeled[start : start + rows_at_once] for start in range(0, 40, rows_at_once)]

    found = nearest_labeled(embeddings, chunks, k=3)

    distances, rows = NearestNeighbors(n_neighbors=3, metric="cosine").fit(labeled).kneighbors(embeddings)
    assert found.rows.tolist() == rows.tolist()
    assert found.distances == pytest.approx(distances, abs=1e-6)


@pytest.mark.parametrize("labeled", [0, 1, 2])
def test_where_there_are_fewer_all_are_given(labeled: int) -> None:
    embeddings = cloud(2, 2).embeddings

    found = nearest_labeled(embeddings, [embeddings[:labeled]], k=3)

    assert found.rows.shape == found.distances.shape == (4, labeled)


def test_an_image_is_at_no_distance_from_itself_and_of_equals_the_first_counts() -> None:
    embeddings = cloud(1, 1).embeddings

    found = nearest_labeled(embeddings[:1], [embeddings[[1, 0]], embeddings[[0]]], k=2)

    assert found.rows.tolist() == [[1, 2]]
    assert found.distances == pytest.approx(np.zeros((1, 2)), abs=1e-6)
    assert (found.distances >= 0).all()


def test_images_without_a_labeled_one_have_none() -> None:
    assert nearest_labeled(cloud(1, 1).embeddings, [], k=3).rows.shape == (2, 0)
