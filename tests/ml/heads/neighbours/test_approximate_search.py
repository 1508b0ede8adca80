"""Tests the approximate search on a graph (HNSW)."""

import numpy as np

from ml.geometry.l2_normalise import l2_normalise
from ml.heads.neighbours.approximate_search import build_search, restore_search
from ml.heads.neighbours.exact_search import ExactSearch
from ml.types import Embeddings


def scattered(rows: int, *, seed: int = 0) -> Embeddings:
    """Random embeddings in all directions, the hardest case for the search."""
    return l2_normalise(np.random.default_rng(seed).normal(size=(rows, 16)).astype(np.float32))


def test_finds_nearly_all_of_the_nearest() -> None:
    searched, images = scattered(3_000), scattered(100, seed=1)
    exact = ExactSearch(embeddings=searched).nearest(images, k=10)

    found = build_search(searched).nearest(images, k=10)

    hits = [len(set(ours) & set(true)) for ours, true in zip(found.rows, exact.rows, strict=True)]
    assert np.mean(hits) > 9.5


def test_similarities_are_cosines() -> None:
    searched = scattered(50)

    found = build_search(searched).nearest(searched[:1], k=4)

    assert np.allclose(found.similarities[0], searched[found.rows[0]] @ searched[0], atol=1e-6)


def test_finds_all_where_there_are_fewer_than_asked_for() -> None:
    searched = scattered(5)

    found = build_search(searched).nearest(searched, k=20)

    assert np.array_equal(np.sort(found.rows), np.tile(np.arange(5), (5, 1)))


def test_the_same_embeddings_give_the_same_graph() -> None:
    first, second = (build_search(scattered(2_000)).tensors() for _ in range(2))

    assert all(np.array_equal(first[name], second[name]) for name in first)


def test_restored_search_walks_the_same_way() -> None:
    search, images = build_search(scattered(2_000)), scattered(20, seed=1)
    before, saved = search.nearest(images, k=5), search.tensors()

    restored = restore_search(saved)

    after, saved_again = restored.nearest(images, k=5), restored.tensors()
    assert np.array_equal(after.rows, before.rows)
    assert np.array_equal(after.similarities, before.similarities)
    assert all(np.array_equal(saved[name], saved_again[name]) for name in saved)


def test_says_that_it_compares_a_part_of_the_embeddings() -> None:
    few, many = build_search(scattered(100)), build_search(scattered(3_000))

    assert few.multiply_adds(10) == 100 * 16
    assert many.multiply_adds(10) == 700 * 16
    assert many.parameters > 3_000 * 16
