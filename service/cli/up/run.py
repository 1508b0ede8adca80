"""Runs everything on this machine until it is told to stop: Redis, and the other processes under a supervisor."""

import logging
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from service.bootstrap.database import migrate_database, shown_database
from service.bootstrap.job_registry import QUEUES
from service.bootstrap.queue import requeue_interrupted, running_redis
from service.cli.failing import errors_as_sentences, read_settings
from service.cli.up.preconditions import check_extras, check_folder, check_names, check_packages, check_port
from service.cli.up.supervisor import Program, Supervisor
from service.cli.up.welcome import HostAndPort, answers, show_welcome
from service.process.process_log import configure_log
from service.process.stop_request import StopRequest
from service.settings import Settings

logger = logging.getLogger(__name__)

PROCESS_LOOK_SECONDS = 0.2
API_STOP_SECONDS = 4.0
WORKERS_STOP_SECONDS = 5.0
# If the web service is still not ready then, its log and /ready say what is missing.
WELCOME_ANYWAY_SECONDS = 60.0


def run_everything(*, host: str, port: int, data: Path | None) -> None:
    """Start all processes, show the first screen, and stop everything in order when asked to."""
    settings = read_settings(data=data)
    settings = settings.model_copy(update={"data": settings.data.absolute()})
    configure_log("up", level=settings.log_level)
    address = HostAndPort(host=host, port=port)
    stop = StopRequest()
    stop.listen()
    with errors_as_sentences():
        check_packages()
        check_names(settings)
        check_extras(settings)
        check_folder(settings.data)
        check_port(host, port)
        with running_redis(settings) as (redis_url, revive_redis):
            _prepare(settings, redis_url)
            _run(settings, address, redis_url, stop=stop, revive_redis=revive_redis)
    logger.info("stopped")


def _prepare(settings: Settings, redis_url: str) -> None:
    migrate_database(settings)
    interrupted = requeue_interrupted(settings, redis_url)
    if interrupted:
        logger.info("%d jobs that were interrupted last time are queued again", interrupted)


def _run(
    settings: Settings,
    address: HostAndPort,
    redis_url: str,
    *,
    stop: StopRequest,
    revive_redis: Callable[[], None],
) -> None:
    supervisor = Supervisor(
        _programs(address), environment={"MARGIN_DATA": str(settings.data), "MARGIN_REDIS_URL": redis_url}
    )
    threading.Thread(target=_greet_when_ready, args=(address, settings), daemon=True).start()
    try:
        while not stop.wait(PROCESS_LOOK_SECONDS):
            revive_redis()
            supervisor.look_after()
        logger.info("stopping: jobs in progress go back to their queues")
    finally:
        supervisor.stop(["api"], seconds=API_STOP_SECONDS)
        supervisor.stop_all(seconds=WORKERS_STOP_SECONDS)


def _programs(address: HostAndPort) -> list[Program]:
    api = ("-m", "service.cli.main", "api", "--host", address.host, "--port", str(address.port))
    return [
        Program(name="api", command=(sys.executable, *api), essential=True),
        *(Program(name=queue, command=(sys.executable, "-m", "workers.main", queue)) for queue in QUEUES),
        Program(name="schedule", command=(sys.executable, "-m", "workers.schedule")),
    ]


def _greet_when_ready(address: HostAndPort, settings: Settings) -> None:
    """Show the first screen when the service is ready, or when that takes suspiciously long."""
    started_at = time.monotonic()
    while not answers(f"{address.local_url}/ready"):
        if time.monotonic() - started_at > WELCOME_ANYWAY_SECONDS and answers(f"{address.local_url}/live"):
            break
        time.sleep(PROCESS_LOOK_SECONDS)
    show_welcome(
        Console(),
        address=address,
        data=settings.data,
        redis=settings.redis_url or "its own, in the data folder",
        database=shown_database(settings),
    )
