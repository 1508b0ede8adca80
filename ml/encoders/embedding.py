"""Embeds many image files in batches; decodes the next images while the encoder runs."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

import numpy as np

from ml.encoders.base import Encoder, Prepared
from ml.errors import UnreadableImage
from ml.images.decoding import decode_image
from ml.images.image import ImageLimits
from ml.types import Embeddings

# Number of batches that are decoded ahead; more would only take memory.
_PREFETCHED_BATCHES = 4


@dataclass(frozen=True, kw_only=True)
class UnreadableFile:
    """An image that cannot be embedded, with the reason in one sentence."""

    image_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class EmbeddedBatch:
    """Results of one batch; row i of the matrix belongs to image_ids[i]."""

    image_ids: tuple[str, ...]
    matrix: Embeddings
    unreadable: tuple[UnreadableFile, ...]


def embed_images(
    encoder: Encoder,
    contents: Iterable[tuple[str, bytes]],
    limits: ImageLimits,
    *,
    batch_size: int = 8,
    decode_threads: int = 1,
) -> Iterator[EmbeddedBatch]:
    """Embed (image id, file content) pairs in order; an unreadable image does not stop the others.

    `contents` is read in the caller's thread, a few batches ahead, so it may be endless and memory stays bounded. If
    reading the contents is slow, pass an iterator that reads ahead itself.
    """
    with _decoding_pool(decode_threads) as pool:
        outcomes = _decode_ahead(pool, encoder, contents, limits, ahead=batch_size * _PREFETCHED_BATCHES)
        while batch := list(islice(outcomes, batch_size)):
            yield _encode(encoder, batch)


@dataclass(frozen=True, kw_only=True)
class _PreparedImage:
    image_id: str
    prepared: Prepared


_Outcome = _PreparedImage | UnreadableFile


@contextmanager
def _decoding_pool(threads: int) -> Iterator[ThreadPoolExecutor]:
    pool = ThreadPoolExecutor(threads, thread_name_prefix="decode")
    try:
        yield pool
    finally:
        # If the caller stops early, it does not wait for images that are no longer needed.
        pool.shutdown(cancel_futures=True)


def _decode_ahead(
    pool: ThreadPoolExecutor,
    encoder: Encoder,
    contents: Iterable[tuple[str, bytes]],
    limits: ImageLimits,
    *,
    ahead: int,
) -> Iterator[_Outcome]:
    waiting: deque[Future[_Outcome]] = deque()
    for image_id, content in contents:
        waiting.append(pool.submit(_prepare, encoder, image_id, content, limits))
        if len(waiting) > ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _prepare(encoder: Encoder, image_id: str, content: bytes, limits: ImageLimits) -> _Outcome:
    try:
        return _PreparedImage(image_id=image_id, prepared=encoder.prepare(decode_image(content, limits)))
    except UnreadableImage as error:
        return UnreadableFile(image_id=image_id, reason=str(error))


def _encode(encoder: Encoder, batch: list[_Outcome]) -> EmbeddedBatch:
    readable = [outcome for outcome in batch if isinstance(outcome, _PreparedImage)]
    dimension = encoder.identity.dimension
    return EmbeddedBatch(
        image_ids=tuple(image.image_id for image in readable),
        matrix=encoder.encode(np.stack([image.prepared for image in readable]))
        if readable
        else np.empty((0, dimension), dtype=np.float32),
        unreadable=tuple(outcome for outcome in batch if isinstance(outcome, UnreadableFile)),
    )
