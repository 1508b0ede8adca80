"""Writes the progress of a running job to the record of its RQ job, where the routes read it."""

import logging
import time
from collections.abc import Callable

from redis import exceptions
from rq.job import Job

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_WRITES = 0.25


class RqProgress:
    """Writes the `Progress` of one RQ job, at most a few times per second, and always at the end."""

    def __init__(self, job: Job, *, seconds: Callable[[], float] = time.monotonic) -> None:
        self._job = job
        self._seconds = seconds
        self._written_at: float | None = None

    def __call__(self, fraction: float, message: str) -> None:
        """Report the fraction of the work that is done, in 0..1, and the current step."""
        now = self._seconds()
        if fraction < 1 and self._written_at is not None and now - self._written_at < SECONDS_BETWEEN_WRITES:
            return
        self._written_at = now
        self._job.meta |= {"progress": fraction, "message": message}
        try:
            self._job.save_meta()  # type: ignore[no-untyped-call]
        except exceptions.RedisError as error:  # the work itself does not need Redis
            logger.warning("could not write the progress of job %s: %s", self._job.id, error)
