"""Runs each of a worker's jobs in a new process, so that a crash ends only that process."""

import os
import signal

from rq.job import Job
from rq.queue import Queue
from rq.worker import SpawnWorker

from service.process.parent_death import die_with
from service.process.process_log import configure_log
from service.settings import Settings
from workers.margin_worker import MarginWorker


class SpawningWorker(MarginWorker, SpawnWorker):
    """A worker that spawns a work-horse per job; the horse dies with its worker, so no job runs twice at a time."""

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """Run the job; called in the work-horse, where `pid` is the id of the worker."""
        die_with(self.pid or os.getppid(), by=signal.SIGKILL)
        configure_log(queue.name, level=Settings().log_level)
        super().main_work_horse(job, queue)

    def kill_horse(self, sig: signal.Signals = signal.SIGKILL) -> None:
        """Kill the work-horse, if there is one; RQ would kill process 0, which is the worker itself."""
        if self.horse_pid:
            super().kill_horse(sig)
