"""Base of Margin's workers: decides what happens to jobs that are interrupted, that fail, or whose worker dies."""

import signal
import threading
import time
from types import FrameType
from typing import Any

from rq.executions import Execution
from rq.job import Job
from rq.queue import Queue
from rq.worker.base import BaseWorker

from service.domain.errors import MarginError, QueueUnavailable, StorageUnavailable

HEARTBEAT_SECONDS = 5
# A job whose worker has sent no heartbeat for this long runs again elsewhere.
HEARTBEAT_TTL_SECONDS = 20
# After a request to stop, the running job may still end by itself within this time.
GRACE_SECONDS = 2.0
INTERRUPT_AGAIN_SECONDS = 0.5
TRANSIENT = (StorageUnavailable, QueueUnavailable)


class Interrupted(BaseException):
    """Ends a running job from outside; not an Exception, so that no job mistakes it for its own failure."""


class MarginWorker(BaseWorker):
    """A worker that, when asked to stop, puts its unfinished job back at the front of the queue.

    RQ itself would wait for the job, however long it takes, and fail it at a second request.
    """

    _gives_back = False

    def handle_warm_shutdown_request(self) -> None:
        """Answer a first request to stop: let the job end within the grace time, then interrupt it."""
        threading.Thread(target=self._interrupt_after, args=(GRACE_SECONDS,), daemon=True).start()

    def request_force_stop(self, signum: int, frame: FrameType | None) -> None:
        """Answer a second request to stop: interrupt the job at once."""
        threading.Thread(target=self._interrupt_after, args=(0.0,), daemon=True).start()

    def handle_exception(self, job: Job, *exc_info: Any) -> None:
        """Log a failure, and allow a retry only for a transient one: any other error would occur again."""
        kind, error = exc_info[:2]
        if kind is Interrupted:
            return
        if not issubclass(kind, TRANSIENT):
            job.retries_left = 0
        if issubclass(kind, MarginError):
            self.log.warning("job %s failed: %s", job.id, error)
        else:
            super().handle_exception(job, *exc_info)

    def handle_job_failure(
        self,
        job: Job,
        queue: Queue,
        started_job_registry: Any = None,
        exc_string: str = "",
        execution: Execution | None = None,
    ) -> None:
        """Record a failure; a job that was interrupted waits again and keeps all its retries."""
        if self._gives_back and self._stopped_job_id != job.id:
            self.log.warning("job %s goes back to the front of the queue %s", job.id, queue.name)
            job.retries_left = (job.retries_left or 0) + 1
            job.enqueue_at_front_on_retry = True
        super().handle_job_failure(job, queue, started_job_registry, exc_string, execution)

    def get_heartbeat_ttl(self, job: Job, working_time: float = 0.0) -> int:
        """Return for how long the job counts as alive after each heartbeat."""
        return HEARTBEAT_TTL_SECONDS

    def _interrupt_after(self, seconds: float) -> None:
        time.sleep(seconds)
        while True:  # the job may be at a point where it cannot be interrupted
            self._gives_back = True
            self.kill_horse(signal.SIGKILL)
            time.sleep(INTERRUPT_AGAIN_SECONDS)
