"""Fetches images, many at a time, and decides what becomes of one that cannot be fetched or decoded."""

import logging
import math
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from ml.errors import UnreadableImage
from service.domain.artifact_keys import upload_key
from service.domain.errors import ImageUnavailable, NotFound, Overloaded
from service.domain.images.image import Source, SourceKind, image_id_of
from service.ports import ArtifactStore, ImageFetcher, ImageStore

logger = logging.getLogger(__name__)

FETCH_THREADS = 8
Used = TypeVar("Used")
# An image that cannot be had: no bytes came, or no pixels came of them.
Failure = ImageUnavailable | UnreadableImage


class NotInTime(Exception):
    """An image was not ready by the deadline; nothing is wrong with it."""


class ImageReader:
    """Reads uploads from the artifact store and everything else through the fetcher.

    An image that cannot be fetched or decoded stops no other one. Why is logged and, for `record`, kept in the image
    store: people see it at the image, and an address that failed is tried again by the next embed job.
    """

    def __init__(
        self,
        *,
        images: ImageStore,
        artifacts: ArtifactStore,
        fetcher: ImageFetcher,
        timeout_seconds: float,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._images = images
        self._artifacts = artifacts
        self._fetcher = fetcher
        self._timeout_seconds = timeout_seconds
        self._monotonic = monotonic

    def read(self, source: Source, *, seconds_left: float = math.inf) -> bytes:
        """Wait for one address no longer than for any other, nor longer than is left. Raises: ImageUnavailable."""
        if source.kind is SourceKind.UPLOAD:
            return self._read_upload(source)
        return self._fetcher.fetch(source, timeout_seconds=min(seconds_left, self._timeout_seconds))

    def fetch_many(
        self,
        sources: Sequence[Source],
        use: Callable[[Source, bytes], Used],
        *,
        record: bool = True,
        until: float = math.inf,
    ) -> Iterator[Used | Failure | NotInTime]:
        """Fetch each source in one of FETCH_THREADS threads, and use its bytes there.

        What `use` gives for all of them may be in memory together: hand in as many as may be.

        Args: use: may raise UnreadableImage; TimeoutError and Overloaded where there is no time for an image.
            record: keep why an image failed; without, it is in the log alone. until: the deadline, on the monotonic
            clock; after it nothing is waited for.
        Returns: in order, what came of each.
        """
        pool = ThreadPoolExecutor(FETCH_THREADS)
        try:
            futures = [pool.submit(self._try, source, use, record, until) for source in sources]
            for future in futures:
                yield self._wait(future, until)
        finally:
            pool.shutdown(wait=math.isinf(until), cancel_futures=True)

    def report(self, source: Source, why: str, *, image_id: str | None = None, record: bool = True) -> None:
        """Log why an image failed and, with `record`, keep it: at the image once its bytes came, else at its source.

        Args: image_id: of the bytes, where they came.
        """
        shown = f"source {source.id}" if source.task_id is None else f"task {source.task_id}"
        logger.warning("%s of %s: %s", shown, source.project_id, why)
        if not record:
            return
        if image_id is None:
            self._images.record_source_error(source.project_id, source.id, why)
        else:
            self._images.add_image(source.project_id, image_id, source_id=source.id, error=why)

    def _try(
        self, source: Source, use: Callable[[Source, bytes], Used], record: bool, until: float
    ) -> Used | Failure | NotInTime:
        left = until - self._monotonic()
        if left <= 0:
            return NotInTime()
        try:
            content = self.read(source, seconds_left=left)
        except ImageUnavailable as error:
            self.report(source, str(error), record=record)
            return error
        try:
            return use(source, content)
        except UnreadableImage as error:
            self.report(source, str(error), image_id=image_id_of(content), record=record)
            return error
        except (TimeoutError, Overloaded):
            return NotInTime()

    def _wait(self, future: Future[Used | Failure | NotInTime], until: float) -> Used | Failure | NotInTime:
        if math.isinf(until):
            return future.result()
        try:
            return future.result(timeout=max(until - self._monotonic(), 0))
        except TimeoutError:
            return NotInTime()

    def _read_upload(self, source: Source) -> bytes:
        if source.image_id is None:
            raise ImageUnavailable(f"upload {source.address!r} was never finished: send it again")
        try:
            return self._artifacts.get(upload_key(source.image_id))
        except NotFound as error:
            message = f"the bytes of upload {source.address!r} are gone from the artifact store: send it again"
            raise ImageUnavailable(message) from error
