"""How Margin's workers treat a job that does not end by itself: interrupted, failed, or its worker dead."""

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
# A job whose worker has not been heard of for so long runs again elsewhere.
HEARTBEAT_TTL_SECONDS = 20
# A job that ends by itself this soon after its worker was told to stop may do so.
GRACE_SECONDS = 2.0
INTERRUPT_AGAIN_SECONDS = 0.5
TRANSIENT = (StorageUnavailable, QueueUnavailable)


class Interrupted(BaseException):
    """Ends a running job from outside; not an Exception, so that no job takes it for a failure of its own."""


class MarginWorker(BaseWorker):
    """A worker that, told to stop, puts its unfinished job back at the front of the queue.

    What RQ does instead is to wait for the job, however long it takes, and to fail it when told a second time.
    """

    _gives_back = False

    def handle_warm_shutdown_request(self) -> None:
        """Told to stop: let the job end if it can within the grace, then interrupt it."""
        threading.Thread(target=self._interrupt_after, args=(GRACE_SECONDS,), daemon=True).start()

    def request_force_stop(self, signum: int, frame: FrameType | None) -> None:
        """Told to stop a second time: interrupt the job at once."""
        threading.Thread(target=self._interrupt_after, args=(0.0,), daemon=True).start()

    def handle_exception(self, job: Job, *exc_info: Any) -> None:
        """Log a failure. Retries are for crashes; what a job raised it would raise again, unless it is transient."""
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
        """Record a failure; a job that was interrupted waits again, which costs it none of its retries."""
        if self._gives_back and self._stopped_job_id != job.id:
            self.log.warning("job %s goes back to the front of the queue %s", job.id, queue.name)
            job.retries_left = (job.retries_left or 0) + 1
            job.enqueue_at_front_on_retry = True
        super().handle_job_failure(job, queue, started_job_registry, exc_string, execution)

    def get_heartbeat_ttl(self, job: Job, working_time: float = 0.0) -> int:
        """How long the job counts as alive after each sign of life."""
        return HEARTBEAT_TTL_SECONDS

    def _interrupt_after(self, seconds: float) -> None:
        time.sleep(seconds)
        while True:  # the job may be between two steps in which nothing can be interrupted
            self._gives_back = True
            self.kill_horse(signal.SIGKILL)
            time.sleep(INTERRUPT_AGAIN_SECONDS)
