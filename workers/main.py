"""Starts one worker for one queue: `python -m workers.main encode|train|rank|label-studio`."""

import argparse
import logging
import os
import sys

from redis import Redis, exceptions
from rq.serializers import JSONSerializer

from service.bootstrap.job_registry import QUEUES
from service.bootstrap.queue import open_redis
from service.domain.errors import MarginError
from service.process.process_log import configure_log
from service.settings import Settings
from workers.encode_worker import EncodeWorker
from workers.margin_worker import HEARTBEAT_SECONDS, MarginWorker
from workers.spawn_worker import SpawningWorker

logger = logging.getLogger(__name__)

ENCODE_QUEUE = "encode"
# On a shared machine, web requests come first.
NICENESS = 10
MAINTENANCE_SECONDS = 10
# RQ waits for a job for 15 s less than this, and looks for the jobs of dead workers in between.
WORKER_TTL_SECONDS = 25


def main(arguments: list[str]) -> int:
    """Work until told to stop. Returns: the exit status."""
    parser = argparse.ArgumentParser(prog="python -m workers.main", description=__doc__)
    parser.add_argument("queue", choices=QUEUES)
    queue: str = parser.parse_args(arguments).queue
    settings = Settings()
    configure_log(queue, level=settings.log_level)
    os.nice(NICENESS)
    try:
        worker = build_worker(queue, open_redis(settings))
    except (MarginError, exceptions.RedisError) as error:
        logger.error("cannot work without Redis: %s", error)  # noqa: TRY400  a sentence, not a traceback
        return 1
    logger.info("ready for jobs")
    worker.work(logging_level=None)
    logger.info("stopped")
    return 0


def build_worker(queue: str, redis: Redis) -> MarginWorker:
    """Build the worker of a queue.

    One queue per worker: with several queues, RQ may lose a job if the worker dies while it takes the job.
    """
    kind = EncodeWorker if queue == ENCODE_QUEUE else SpawningWorker
    return kind(
        [queue],
        connection=redis,
        serializer=JSONSerializer,
        job_monitoring_interval=HEARTBEAT_SECONDS,
        maintenance_interval=MAINTENANCE_SECONDS,
        worker_ttl=WORKER_TTL_SECONDS,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
