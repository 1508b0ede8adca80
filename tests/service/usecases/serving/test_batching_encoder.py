"""Images of all requests are encoded in shared batches, each once."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numpy.typing import NDArray

from ml.encoders.base import EncoderIdentity, Prepared
from ml.types import Embeddings
from service.domain.errors import Overloaded, StorageUnavailable
from service.usecases.serving.batching_encoder import LARGEST_BATCH, BatchingEncoder
from tests.doubles.embedding_cache import InMemoryEmbeddingCache
from tests.service.colour_encoder import ColourEncoder

PATIENCE = 10


class HeldEncoder(ColourEncoder):
    """Encodes only while its gate is open."""

    def __init__(self) -> None:
        super().__init__()
        self.entered = threading.Event()
        self.gate = threading.Event()

    def encode(self, batch: NDArray[np.uint8]) -> Embeddings:
        self.entered.set()
        assert self.gate.wait(PATIENCE)
        return super().encode(batch)


class FullCache(InMemoryEmbeddingCache):
    """A cache on a full disk."""

    def write(self, identity: EncoderIdentity, image_ids: object, matrix: Embeddings) -> None:
        raise StorageUnavailable("the disk is full")


@pytest.fixture
def encoder() -> HeldEncoder:
    return HeldEncoder()


@pytest.fixture
def cache() -> InMemoryEmbeddingCache:
    return InMemoryEmbeddingCache()


@pytest.fixture
def batching(encoder: HeldEncoder, cache: InMemoryEmbeddingCache) -> Iterator[BatchingEncoder]:
    batching = BatchingEncoder(encoder, cache, max_waiting=40)
    yield batching
    encoder.gate.set()
    batching.close()


def prepared(level: int) -> Prepared:
    return np.full((3, 1, 1), level, dtype=np.uint8)


def hold(batching: BatchingEncoder, encoder: HeldEncoder) -> None:
    """Keep the encoder busy with one image, so that the next ones wait together."""
    batching.submit("first", prepared(0))
    assert encoder.entered.wait(PATIENCE)


def test_what_waits_is_encoded_together(batching: BatchingEncoder, encoder: HeldEncoder) -> None:
    hold(batching, encoder)
    answers = [batching.submit(f"image {level}", prepared(level)) for level in range(1, 6)]

    encoder.gate.set()

    assert all(answer.result(PATIENCE).shape == (4,) for answer in answers)
    assert encoder.batches == [1, 5]


def test_no_batch_is_larger_than_it_should(batching: BatchingEncoder, encoder: HeldEncoder) -> None:
    hold(batching, encoder)
    answers = [batching.submit(f"image {level}", prepared(level)) for level in range(1, 2 * LARGEST_BATCH + 4)]

    encoder.gate.set()

    for answer in answers:
        answer.result(PATIENCE)
    assert encoder.batches == [1, LARGEST_BATCH, LARGEST_BATCH, 3]


def test_an_image_asked_for_by_many_at_a_time_is_encoded_once(batching: BatchingEncoder, encoder: HeldEncoder) -> None:
    hold(batching, encoder)

    with ThreadPoolExecutor(8) as requests:
        answers = list(requests.map(lambda _: batching.submit("image", prepared(7)), range(32)))
    encoder.gate.set()

    rows = [answer.result(PATIENCE) for answer in answers]
    assert all(row is rows[0] for row in rows)
    assert encoder.encoded == 2


def test_each_image_gets_its_own_embedding(batching: BatchingEncoder, encoder: HeldEncoder) -> None:
    encoder.gate.set()
    levels = range(0, 250, 10)

    answers = {level: batching.submit(f"image {level}", prepared(level)) for level in levels}

    for level, answer in answers.items():
        np.testing.assert_array_equal(answer.result(PATIENCE), encoder.encode(prepared(level)[np.newaxis])[0])


def test_an_error_while_encoding_reaches_all_that_wait_for_it(batching: BatchingEncoder, encoder: HeldEncoder) -> None:
    encoder.failure = RuntimeError("out of memory")
    encoder.gate.set()

    answers = [batching.submit(f"image {level}", prepared(level)) for level in range(5)]

    for answer in answers:
        with pytest.raises(RuntimeError, match="out of memory"):
            answer.result(PATIENCE)


def test_after_an_error_the_next_image_is_encoded(batching: BatchingEncoder, encoder: HeldEncoder) -> None:
    encoder.gate.set()
    encoder.failure = RuntimeError("out of memory")
    batching.submit("image", prepared(1)).exception(PATIENCE)
    encoder.failure = None

    assert batching.submit("image", prepared(1)).result(PATIENCE).shape == (4,)


def test_more_than_may_wait_is_refused_and_what_waits_is_not_harmed(
    encoder: HeldEncoder, cache: InMemoryEmbeddingCache
) -> None:
    batching = BatchingEncoder(encoder, cache, max_waiting=2)
    hold(batching, encoder)
    waiting = [batching.submit(f"image {level}", prepared(level)) for level in (1, 2)]

    with pytest.raises(Overloaded):
        batching.submit("one too many", prepared(3))

    encoder.gate.set()
    assert all(answer.result(PATIENCE).shape == (4,) for answer in waiting)
    batching.close()
    assert cache.missing(encoder.identity, ["one too many"]) == ["one too many"]


def test_closing_encodes_and_writes_all_that_waits(encoder: HeldEncoder, cache: InMemoryEmbeddingCache) -> None:
    batching = BatchingEncoder(encoder, cache, max_waiting=40)
    hold(batching, encoder)
    names = [f"image {level}" for level in range(1, 30)]
    for level, name in enumerate(names, start=1):
        batching.submit(name, prepared(level))

    encoder.gate.set()
    batching.close()

    assert cache.missing(encoder.identity, ["first", *names]) == []


def test_a_cache_that_cannot_be_written_costs_no_answer(encoder: HeldEncoder, caplog: pytest.LogCaptureFixture) -> None:
    encoder.gate.set()
    batching = BatchingEncoder(encoder, FullCache(), max_waiting=4)

    answer = batching.submit("image", prepared(1))

    assert answer.result(PATIENCE).shape == (4,)
    batching.close()
    assert "could not be written" in caplog.text
