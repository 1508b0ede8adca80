"""The scheduler process: every few seconds it looks for training that is due and for work to resume.

A loop rather than RQ's CronScheduler, which queues its jobs as pickles (it ignores the serializer) and lets them pile
up while no worker runs. Several schedulers do no harm: a job that waits is not queued twice.
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
    """Sweep at once and then regularly; a database or queue that is gone for a while is only waited for."""
    while True:
        for sweep in sweeps:
            try:
                sweep()
            except MarginError as error:
                logger.warning("no sweep this time: %s", error)
        if stop.wait(every_seconds):
            return


if __name__ == "__main__":
    sys.exit(main())
