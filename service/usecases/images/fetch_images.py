"""Fetches images, many at a time, and handles those that cannot be fetched or decoded."""

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
# An image that cannot be used: its bytes could not be fetched, or could not be decoded.
Failure = ImageUnavailable | UnreadableImage


class NotInTime(Exception):
    """An image was not ready at the deadline; nothing is wrong with it."""


class ImageReader:
    """Reads uploads from the artifact store, and all other images through the fetcher.

    An image that cannot be fetched or decoded does not stop the others. The reason is logged and, with `record`, stored
    in the image store: people see it with the image, and the next embed job fetches a failed address again.
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
        """Read one image; waits at most timeout_seconds and at most seconds_left. Raises: ImageUnavailable."""
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
        """Fetch each source in one of FETCH_THREADS threads, and call `use` with its bytes there.

        All results of `use` may be in memory together: pass only as many sources as fit.

        Args: use: may raise UnreadableImage, or TimeoutError and Overloaded if there is no time for an image.
            record: store why an image failed; if False, the reason is only logged. until: the deadline, on the
            monotonic clock; nothing waits longer.
        Returns: one result per source, in order.
        """
        pool = ThreadPoolExecutor(FETCH_THREADS)
        try:
            futures = [pool.submit(self._try, source, use, record, until) for source in sources]
            for future in futures:
                yield self._wait(future, until)
        finally:
            pool.shutdown(wait=math.isinf(until), cancel_futures=True)

    def report(self, source: Source, why: str, *, image_id: str | None = None, record: bool = True) -> None:
        """Log why an image failed and, with `record`, store it: with the image if its bytes came, else with its source.

        Args: image_id: of the bytes, if they came.
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
            raise ImageUnavailable(f"upload {source.address!r} was not completed: send it again")
        try:
            return self._artifacts.get(upload_key(source.image_id))
        except NotFound as error:
            message = f"the bytes of upload {source.address!r} are missing in the artifact store: send it again"
            raise ImageUnavailable(message) from error
