"""Embeddings in Lance survive restarts, are shared by processes, and are read fast in any case."""

import shutil
import subprocess
import sys
from pathlib import Path

import lance
import numpy as np
import pytest
from numpy.typing import NDArray

from ml.encoders.base import EncoderIdentity
from service.adapters.lance_embedding_cache import SCAN_FROM_IDS, SMALL_FRAGMENTS_ALLOWED, LanceEmbeddingCache
from service.domain.errors import StorageUnavailable

TINY = EncoderIdentity(name="tiny", weights_sha256="0" * 64, preprocessing="p1", dimension=4)

WRITER = """
import sys
import numpy as np
from service.adapters.lance_embedding_cache import LanceEmbeddingCache
from tests.service.adapters.test_lance_embedding_cache import TINY, row_of

cache = LanceEmbeddingCache(sys.argv[1])
for start in range(0, 300, 5):
    ids = [f"{number}" for number in range(start, start + 5)]
    cache.write(TINY, ids, np.stack([row_of(image_id) for image_id in ids]))
"""


def row_of(image_id: str) -> NDArray[np.float32]:
    return np.full(4, int(image_id), dtype=np.float32)


def write(cache: LanceEmbeddingCache, *image_ids: str) -> None:
    cache.write(TINY, image_ids, np.stack([row_of(image_id) for image_id in image_ids]))


def path_of(folder: Path) -> Path:
    return folder / f"{TINY.key}.lance"


def test_embeddings_survive_a_restart(tmp_path: Path) -> None:
    write(LanceEmbeddingCache(tmp_path), "1", "2")

    found = LanceEmbeddingCache(tmp_path).read(TINY, ["2", "1"])

    np.testing.assert_array_equal(found.matrix, [row_of("2"), row_of("1")])


def test_processes_that_write_the_same_images_at_once_do_no_harm(tmp_path: Path) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)]) for _ in range(3)]

    exits = [writer.wait() for writer in writers]

    ids = [f"{number}" for number in range(300)]
    found = LanceEmbeddingCache(tmp_path).read(TINY, ids)
    assert exits == [0, 0, 0]
    assert found.image_ids == tuple(ids)
    np.testing.assert_array_equal(found.matrix, [row_of(image_id) for image_id in ids])


def test_what_another_writer_added_is_seen(tmp_path: Path) -> None:
    reader = LanceEmbeddingCache(tmp_path)
    before = reader.missing(TINY, ["1"])

    write(LanceEmbeddingCache(tmp_path), "1")

    assert before == ["1"]
    assert reader.missing(TINY, ["1"]) == []


def test_many_small_appends_are_merged_and_indexed(tmp_path: Path) -> None:
    cache = LanceEmbeddingCache(tmp_path, remembered_rows=0)

    for number in range(2 * SMALL_FRAGMENTS_ALLOWED):
        write(cache, f"{number}")

    dataset = lance.dataset(path_of(tmp_path))
    assert len(dataset.get_fragments()) <= SMALL_FRAGMENTS_ALLOWED
    assert [index.field_names for index in dataset.describe_indices()] == [["image"]]
    assert cache.missing(TINY, [f"{number}" for number in range(2 * SMALL_FRAGMENTS_ALLOWED)]) == []


def test_the_same_image_again_does_not_touch_the_disk(tmp_path: Path) -> None:
    cache = LanceEmbeddingCache(tmp_path)
    write(cache, "1")

    shutil.rmtree(tmp_path)

    assert cache.read(TINY, ["1"]).image_ids == ("1",)


def test_a_read_larger_than_the_memory_does_not_push_out_what_is_remembered(tmp_path: Path) -> None:
    cache = LanceEmbeddingCache(tmp_path, remembered_rows=8)
    write(LanceEmbeddingCache(tmp_path), *(f"{number}" for number in range(20)))
    cache.read(TINY, ["1"])

    cache.read(TINY, [f"{number}" for number in range(20)])
    shutil.rmtree(tmp_path)

    assert cache.read(TINY, ["1", "2"]).image_ids == ("1",)


def test_reading_most_of_a_large_cache_gives_what_was_asked_for(tmp_path: Path) -> None:
    ids = [f"{number}" for number in range(SCAN_FROM_IDS + 100)]
    write(LanceEmbeddingCache(tmp_path), *ids)
    asked = ids[:SCAN_FROM_IDS][::-1]

    found = LanceEmbeddingCache(tmp_path).read(TINY, asked)

    assert found.image_ids == tuple(asked)
    np.testing.assert_array_equal(found.matrix[:, 0], np.arange(SCAN_FROM_IDS)[::-1])


def test_a_folder_left_by_a_writer_that_died_before_its_first_commit_is_an_empty_cache(tmp_path: Path) -> None:
    (path_of(tmp_path) / "data").mkdir(parents=True)
    cache = LanceEmbeddingCache(tmp_path)
    before = cache.missing(TINY, ["1"])

    write(cache, "1")

    assert before == ["1"]
    assert LanceEmbeddingCache(tmp_path).missing(TINY, ["1"]) == []


def test_a_cache_that_was_deleted_starts_again(tmp_path: Path) -> None:
    cache = LanceEmbeddingCache(tmp_path, remembered_rows=0)
    write(cache, "1")

    shutil.rmtree(path_of(tmp_path))
    write(cache, "2")

    assert cache.missing(TINY, ["1", "2"]) == ["1"]


def test_a_damaged_cache_is_a_clear_error_that_says_what_to_do(tmp_path: Path) -> None:
    write(LanceEmbeddingCache(tmp_path), "1")
    for manifest in (path_of(tmp_path) / "_versions").iterdir():
        manifest.write_bytes(b"damaged")

    with pytest.raises(StorageUnavailable, match="delete that folder"):
        LanceEmbeddingCache(tmp_path).read(TINY, ["1"])


def test_a_full_disk_is_a_clear_error_and_leaves_what_was_written(tmp_path: Path) -> None:
    write(LanceEmbeddingCache(tmp_path), "1")
    filler = """
import resource, sys
import numpy as np
from service.adapters.lance_embedding_cache import LanceEmbeddingCache
from service.domain.errors import StorageUnavailable
from tests.service.adapters.test_lance_embedding_cache import TINY

resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))
ids = [f"{number}" for number in range(2, 5_000)]
try:
    LanceEmbeddingCache(sys.argv[1]).write(TINY, ids, np.zeros((len(ids), 4), dtype=np.float32))
except StorageUnavailable:
    print("refused")
"""

    run = subprocess.run([sys.executable, "-c", filler, str(tmp_path)], check=True, capture_output=True, text=True)

    assert run.stdout == "refused\n"
    assert LanceEmbeddingCache(tmp_path).missing(TINY, ["1", "2"]) == ["2"]
