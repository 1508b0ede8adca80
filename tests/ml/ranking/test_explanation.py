"""Explanations of picked images."""

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from ml.labels.label_mode import MULTI_LABEL, SINGLE_LABEL, LabelMode
from ml.ranking.explanation import nearest_labeled, represented_count, top_two_classes
from tests.ml.clouds import cloud

LABELS = ("owl", "jay", "wren")


@pytest.mark.parametrize(
    ("probabilities", "mode", "expected"),
    [
        ((0.2, 0.5, 0.3), SINGLE_LABEL, [("jay", 0.5), ("wren", 0.3)]),
        ((0.4, 0.2, 0.4), SINGLE_LABEL, [("owl", 0.4), ("wren", 0.4)]),
        ((0.9, 0.6, 0.1), MULTI_LABEL, [("jay", 0.6), ("not jay", 0.4)]),
        ((0.9, 0.4, 0.1), MULTI_LABEL, [("not jay", 0.6), ("jay", 0.4)]),
    ],
)
def test_closest_classes_are_the_two_most_probable_answers(
    probabilities: tuple[float, ...], mode: LabelMode, expected: list[tuple[str, float]]
) -> None:
    closest = top_two_classes(np.array(probabilities), LABELS, mode=mode)

    assert [each.label for each in closest] == [label for label, _ in expected]
    assert [each.probability for each in closest] == pytest.approx([probability for _, probability in expected])


def test_of_one_class_there_is_one() -> None:
    assert [each.label for each in top_two_classes(np.ones(1), ("owl",), mode=SINGLE_LABEL)] == ["owl"]


@pytest.mark.parametrize("mode", [SINGLE_LABEL, MULTI_LABEL])
def test_of_no_class_there_is_none(mode: LabelMode) -> None:
    assert top_two_classes(np.empty(0), (), mode=mode) == ()


@pytest.mark.parametrize("rows_at_once", [1, 3, 40])
def test_nearest_labeled_images_are_those_that_another_library_finds_whatever_the_chunks(rows_at_once: int) -> None:
    embeddings, labeled = cloud(4, 4, seed=1).embeddings, cloud(20, 20, seed=2).embeddings
    chunks = [labeled[start : start + rows_at_once] for start in range(0, 40, rows_at_once)]

    found = nearest_labeled(embeddings, chunks, k=3)

    distances, rows = NearestNeighbors(n_neighbors=3, metric="cosine").fit(labeled).kneighbors(embeddings)
    assert found.rows.tolist() == rows.tolist()
    assert found.distances == pytest.approx(distances, abs=1e-6)


@pytest.mark.parametrize("labeled", [0, 1, 2])
def test_all_labeled_images_are_returned_if_there_are_fewer_than_k(labeled: int) -> None:
    embeddings = cloud(2, 2).embeddings

    found = nearest_labeled(embeddings, [embeddings[:labeled]], k=3)

    assert found.rows.shape == found.distances.shape == (4, labeled)


def test_an_image_has_distance_0_to_itself_and_ties_go_to_the_first() -> None:
    embeddings = cloud(1, 1).embeddings

    found = nearest_labeled(embeddings[:1], [embeddings[[1, 0]], embeddings[[0]]], k=2)

    assert found.rows.tolist() == [[1, 2]]
    assert found.distances == pytest.approx(np.zeros((1, 2)), abs=1e-6)
    assert (found.distances >= 0).all()


def test_images_without_a_labeled_one_have_none() -> None:
    assert nearest_labeled(cloud(1, 1).embeddings, [], k=3).rows.shape == (2, 0)


@pytest.mark.parametrize("rows_at_once", [1, 7, 100])
def test_each_image_counts_for_the_picked_one_nearest_to_it(rows_at_once: int) -> None:
    pool = cloud(10, 20, 30, noise=0.1).embeddings
    chunks = (pool[start : start + rows_at_once] for start in range(0, 60, rows_at_once))

    assert represented_count(pool[[0, 10, 30]], chunks).tolist() == [10, 20, 30]


def test_of_equal_picked_images_the_first_represents_all() -> None:
    pool = cloud(5, 5, noise=0.1).embeddings

    assert represented_count(pool[[0, 0]], [pool]).tolist() == [10, 0]


def test_no_picks_represent_no_images() -> None:
    assert represented_count(np.empty((0, 8), dtype=np.float32), [cloud(2, 2).embeddings]).shape == (0,)


def test_an_empty_pool_gives_counts_of_0() -> None:
    assert represented_count(cloud(1, 1).embeddings, []).tolist() == [0, 0]
