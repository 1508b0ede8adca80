"""Runs a worker's jobs in the worker's own process, so that the encoder stays loaded between them."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from redis import exceptions
from rq import get_current_job
from rq.executions import Execution
from rq.job import Job
from rq.queue import Queue
from rq.worker import SimpleWorker
from rq.worker.base import WorkerStatus

from workers.margin_worker import HEARTBEAT_SECONDS, Interrupted, MarginWorker


class EncodeWorker(MarginWorker, SimpleWorker):
    """A worker that never forks: a process with an encoder cannot be forked safely, and loading one takes seconds."""

    def execute_job(self, job: Job, queue: Queue) -> None:
        """Run the job here, with heartbeats from a thread."""
        execution = self.prepare_execution(job)
        with self._heartbeats(job, execution):
            self.perform_job(job, queue, execution)
        self.set_state(WorkerStatus.IDLE)

    def kill_horse(self, sig: signal.Signals = signal.SIGKILL) -> None:
        """Interrupt the running job from another thread."""
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR1)

    def _install_signal_handlers(self) -> None:
        super()._install_signal_handlers()  # type: ignore[no-untyped-call]
        signal.signal(signal.SIGUSR1, _interrupt_current_job)

    @contextmanager
    def _heartbeats(self, job: Job, execution: Execution) -> Iterator[None]:
        done = threading.Event()
        thread = threading.Thread(target=self._beat, args=(job, execution, done), daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def _beat(self, job: Job, execution: Execution, done: threading.Event) -> None:
        while not done.wait(HEARTBEAT_SECONDS):
            try:
                self.maintain_heartbeats(job, execution)
            except exceptions.RedisError as error:
                self.log.warning("no heartbeat for job %s: %s", job.id, error)


def _interrupt_current_job(signum: int, frame: FrameType | None) -> None:
    """Interrupt the current job; between two jobs do nothing, since RQ's own bookkeeping must finish."""
    if get_current_job() is not None:
        raise Interrupted
