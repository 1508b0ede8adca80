"""Micro-batching: encodes the images of all requests in shared batches, and writes each embedding to the cache once."""

import logging
import queue
import threading
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field

import numpy as np

from ml.encoders.base import Encoder, Prepared
from ml.types import Embedding
from service.domain.errors import Overloaded
from service.ports import EmbeddingCache

logger = logging.getLogger(__name__)

# A batch holds the images that wait when the encoder becomes free, at most this many: on a CPU, larger batches only
# add delay.
LARGEST_BATCH = 16
# Embeddings are written when no image waits, or when there are this many.
WRITE_ROWS = 256
# Number of written embeddings that stay in memory (5 MB at 1,280 dimensions). Without it, a request that read the cache
# just before they were written would encode these images again.
REMEMBERED = 1024


@dataclass(frozen=True, kw_only=True)
class _QueuedImage:
    image_id: str
    prepared: Prepared
    answer: Future[Embedding] = field(default_factory=Future)


class BatchingEncoder:
    """Encodes queued images in one thread, in batches without a timer.

    An image that is requested again while it waits, or soon after, is not encoded again.
    """

    def __init__(self, encoder: Encoder, cache: EmbeddingCache, *, max_waiting: int) -> None:
        self.encoder = encoder
        self._cache = cache
        self._queue: queue.Queue[_QueuedImage | None] = queue.Queue(maxsize=max_waiting)
        self._known: dict[str, Future[Embedding]] = {}
        self._unwritten: dict[str, Embedding] = {}
        self._written: deque[str] = deque()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name=f"encode-{encoder.identity.name}", daemon=True)
        self._thread.start()

    def known(self, image_id: str) -> Future[Embedding] | None:
        """Return the embedding of an image that waits, is being encoded, or was encoded recently."""
        with self._lock:
            return self._known.get(image_id)

    def submit(self, image_id: str, prepared: Prepared) -> Future[Embedding]:
        """Queue an image for encoding. Raises: Overloaded: the queue is full."""
        waiting = _QueuedImage(image_id=image_id, prepared=prepared)
        with self._lock:
            if image_id in self._known:
                return self._known[image_id]
            try:
                self._queue.put_nowait(waiting)
            except queue.Full as error:
                raise Overloaded("the encoder's queue") from error
            self._known[image_id] = waiting.answer
        return waiting.answer

    def close(self) -> None:
        """Encode and write all waiting images, then end the thread."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        open_ = True
        while open_:
            batch, open_ = self._next_batch()
            if batch:
                self._encode(batch)
            if self._queue.empty() or len(self._unwritten) >= WRITE_ROWS or not open_:
                self._write()

    def _next_batch(self) -> tuple[list[_QueuedImage], bool]:
        """Return the waiting images, at most LARGEST_BATCH, and whether more may come."""
        batch: list[_QueuedImage] = []
        waiting = self._queue.get()
        while waiting is not None:
            batch.append(waiting)
            if len(batch) == LARGEST_BATCH or self._queue.empty():
                return batch, True
            waiting = self._queue.get()
        return batch, False

    def _encode(self, batch: list[_QueuedImage]) -> None:
        try:
            embeddings = self.encoder.encode(np.stack([waiting.prepared for waiting in batch]))
        except Exception as error:  # the thread must survive: each request gets the error and handles it
            logger.exception("encoding a batch of %d images failed", len(batch))
            self._forget([waiting.image_id for waiting in batch])
            for waiting in batch:
                waiting.answer.set_exception(error)
            return
        for waiting, embedding in zip(batch, embeddings, strict=True):
            self._unwritten[waiting.image_id] = embedding
            waiting.answer.set_result(embedding)

    def _write(self) -> None:
        if not self._unwritten:
            return
        image_ids = list(self._unwritten)
        try:
            self._cache.write(self.encoder.identity, image_ids, np.stack(list(self._unwritten.values())))
        except Exception:  # only a cache: requests have their answers, and later ones encode the images again
            logger.exception("%d embeddings could not be written to the cache", len(image_ids))
        self._unwritten.clear()
        self._written.extend(image_ids)
        self._forget([self._written.popleft() for _ in range(len(self._written) - REMEMBERED)])

    def _forget(self, image_ids: list[str]) -> None:
        with self._lock:
            for image_id in image_ids:
                self._known.pop(image_id, None)
