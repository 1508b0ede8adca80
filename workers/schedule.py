"""The scheduler process: every few seconds it looks for trainings that are due and for jobs to resume.

It is a loop rather than RQ's CronScheduler, which queues its jobs as pickles (it ignores the serializer) and lets them
pile up while no worker runs. Several schedulers do no harm: a job that waits is not queued twice.
"""

import logging
import os
import sys
from collections.abc import Callable, Sequence

from service.domain.errors import MarginError
from service.process.process_log import configure_log
from service.process.stop_request import StopRequest
from service.settings import Settings
from workers.application import application
from workers.main import NICENESS

logger = logging.getLogger(__name__)


def main() -> int:
    """Run the schedule until told to stop. Returns: the exit status."""
    settings = Settings()
    configure_log("schedule", level=settings.log_level)
    os.nice(NICENESS)
    stop = StopRequest()
    stop.listen()
    logger.info("looking for projects to retrain every %d s", settings.schedule_seconds)
    sweeps = (application().training.retraining.sweep, application().label_studio.resume_failed.sweep)
    run_schedule(sweeps, every_seconds=settings.schedule_seconds, stop=stop)
    logger.info("stopped")
    return 0


def run_schedule(sweeps: Sequence[Callable[[], object]], *, every_seconds: float, stop: StopRequest) -> None:
    """Sweep at once and then regularly; if a database or queue is away for a while, the next sweep tries again."""
    while True:
        for sweep in sweeps:
            try:
                sweep()
            except MarginError as error:
                logger.warning("skipped a sweep: %s", error)
        if stop.wait(every_seconds):
            return


if __name__ == "__main__":
    sys.exit(main())
