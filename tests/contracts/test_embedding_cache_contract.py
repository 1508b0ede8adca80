"""Contract of all embedding caches."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ml.encoders.base import EncoderIdentity
from service.adapters.lance_embedding_cache import InvalidEmbeddings, LanceEmbeddingCache
from service.ports import EmbeddingCache
from tests.doubles.embedding_cache import InMemoryEmbeddingCache

TINY = EncoderIdentity(name="tiny", weights_sha256="0" * 64, preprocessing="p1", dimension=4)
OTHER = EncoderIdentity(name="tiny", weights_sha256="1" * 64, preprocessing="p1", dimension=4)


@pytest.fixture(params=["in memory", "lance", "lance, nothing remembered"])
def cache(request: pytest.FixtureRequest, tmp_path: Path) -> EmbeddingCache:
    if request.param == "in memory":
        return InMemoryEmbeddingCache()
    return LanceEmbeddingCache(tmp_path / "embeddings", remembered_rows=64 if request.param == "lance" else 0)


def rows(count: int, *, seed: int = 0) -> NDArray[np.float32]:
    return np.random.default_rng(seed).standard_normal((count, 4)).astype(np.float32)


def test_rows_come_back_bit_for_bit(cache: EmbeddingCache) -> None:
    matrix = rows(3)
    matrix[0, :3] = (-0.0, np.finfo(np.float32).tiny / 8, np.float32(1) / 3)
    cache.write(TINY, ["a", "b", "c"], matrix)

    found = cache.read(TINY, ["a", "b", "c"])

    assert found.matrix.dtype == np.float32
    assert found.matrix.tobytes() == matrix.tobytes()


def test_rows_come_in_the_order_asked_without_those_missing(cache: EmbeddingCache) -> None:
    matrix = rows(3)
    cache.write(TINY, ["a", "b", "c"], matrix)

    found = cache.read(TINY, ["c", "nobody", "a", "c"])

    assert found.image_ids == ("c", "a", "c")
    np.testing.assert_array_equal(found.matrix, matrix[[2, 0, 2]])


def test_an_empty_cache_has_nothing(cache: EmbeddingCache) -> None:
    found = cache.read(TINY, ["a"])

    assert found.image_ids == ()
    assert found.matrix.shape == (0, 4)
    assert cache.missing(TINY, ["b", "a"]) == ["b", "a"]
    assert cache.read(TINY, []).matrix.shape == (0, 4)
    assert list(cache.chunks(TINY, ["a"], rows=2)) == []


def test_missing_images_are_told_in_the_order_asked(cache: EmbeddingCache) -> None:
    cache.write(TINY, ["b"], rows(1))

    assert cache.missing(TINY, ["c", "b", "a", "c"]) == ["c", "a"]


def test_images_already_there_are_left_as_they_are(cache: EmbeddingCache) -> None:
    first, second = rows(2), rows(2, seed=1)
    cache.write(TINY, ["a", "b"], first)

    cache.write(TINY, ["b", "c"], second)

    found = cache.read(TINY, ["a", "b", "c"])
    np.testing.assert_array_equal(found.matrix, [first[0], first[1], second[1]])


def test_encoders_do_not_share_embeddings(cache: EmbeddingCache) -> None:
    cache.write(TINY, ["a"], rows(1))

    assert cache.missing(OTHER, ["a"]) == ["a"]


def test_an_id_with_a_quote_is_an_id(cache: EmbeddingCache) -> None:
    cache.write(TINY, ["it's", "x' OR '1'='1"], rows(2))

    assert cache.read(TINY, ["it's"]).image_ids == ("it's",)


def test_chunks_hold_at_most_so_many_rows(cache: EmbeddingCache) -> None:
    ids = [f"{number}" for number in range(10)]
    matrix = rows(10)
    cache.write(TINY, ids[:7], matrix[:7])

    chunks = list(cache.chunks(TINY, ids, rows=3))

    assert [chunk.image_ids for chunk in chunks] == [("0", "1", "2"), ("3", "4", "5"), ("6",)]
    np.testing.assert_array_equal(np.concatenate([chunk.matrix for chunk in chunks]), matrix[:7])


def test_later_changes_to_a_written_or_read_matrix_do_not_reach_the_cache(cache: EmbeddingCache) -> None:
    matrix = rows(1)
    expected = matrix.copy()
    cache.write(TINY, ["a"], matrix)

    matrix[:] = 0
    cache.read(TINY, ["a"]).matrix[:] = 0

    np.testing.assert_array_equal(cache.read(TINY, ["a"]).matrix, expected)


def test_an_embedding_that_is_not_finite_is_refused_with_its_image(cache: EmbeddingCache) -> None:
    matrix = rows(3)
    matrix[1, 2] = np.nan

    with pytest.raises(InvalidEmbeddings, match="image b"):
        cache.write(TINY, ["a", "b", "c"], matrix)

    assert cache.missing(TINY, ["a"]) == ["a"]


@pytest.mark.parametrize(
    "matrix", [np.zeros((1, 3), np.float32), np.zeros((2, 4), np.float32), np.zeros((1, 4)), np.zeros(4, np.float32)]
)
def test_embeddings_of_another_shape_or_type_are_refused(cache: EmbeddingCache, matrix: NDArray[np.float32]) -> None:
    with pytest.raises(InvalidEmbeddings, match=r"\(1, 4\) float32"):
        cache.write(TINY, ["a"], matrix)
