"""Opens the job queue of the settings, and for `margin up` the Redis behind it."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from redis import Redis

from service.adapters.redis.embedded_redis import EmbeddedRedis, running_redis_url
from service.adapters.redis.orphaned_jobs import requeue_orphans
from service.adapters.redis.redis_connection import connect_redis
from service.adapters.redis.rq_job_queue import RqJobQueue
from service.bootstrap.job_registry import JOBS, QUEUES
from service.locations import embedded_redis_folder
from service.ports import JobQueue
from service.settings import Settings

logger = logging.getLogger(__name__)


def open_redis(settings: Settings) -> Redis:
    """Make a client for the Redis of the settings, else for the one that `margin up` runs in the data folder.

    Nothing is sent yet.

    Raises: InvalidInput: another form of address.
    """
    return connect_redis(settings.redis_url or running_redis_url(embedded_redis_folder(settings)))


@contextmanager
def opened_queue(settings: Settings) -> Iterator[JobQueue]:
    """Open the queue alone, for a command that looks something up."""
    with open_redis(settings) as redis:
        yield RqJobQueue(redis, JOBS)


@contextmanager
def running_redis(settings: Settings) -> Iterator[tuple[str, Callable[[], None]]]:
    """Yield the address of Redis, and a function to call regularly, which starts Redis again if it died.

    Redis is started here unless the settings name one.

    Raises: EmbeddedRedisFailed.
    """
    if settings.redis_url is not None:
        yield settings.redis_url, lambda: None
        return
    server = EmbeddedRedis(embedded_redis_folder(settings))
    server.start()
    try:
        yield server.url, lambda: _revive(server)
    finally:
        server.stop()


def _revive(server: EmbeddedRedis) -> None:
    if server.revive():
        logger.warning("Redis had ended and was started again")


def requeue_interrupted(settings: Settings, redis_url: str) -> int:
    """Queue the jobs again that were running when everything on this machine was killed.

    Returns: the number of jobs.

    Raises: QueueUnavailable, InvalidInput.
    """
    with connect_redis(redis_url) as redis:
        RqJobQueue(redis, JOBS).ping()
        # On a shared Redis the jobs may be running on other machines; there, workers find each other's orphans.
        return 0 if settings.redis_url else requeue_orphans(redis, QUEUES)
