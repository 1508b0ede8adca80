"""`margin api`, `margin worker` and `margin schedule`: run one process of Margin alone."""

import os
import sys
from typing import Annotated

import typer

from service.bootstrap.job_registry import QUEUES
from service.cli.options import DEFAULT_HOST, DEFAULT_PORT, HostOption, PortOption

# Requests in progress may finish: Label Studio's are short, a large batch may be cut off.
GRACEFUL_SECONDS = 3

QueueArgument = Annotated[str, typer.Argument(help=f"The queue to work on: {', '.join(QUEUES)}.")]


def api(host: HostOption = DEFAULT_HOST, port: PortOption = DEFAULT_PORT) -> None:
    """Run the web service alone; workers, scheduler and Redis run elsewhere."""
    import uvicorn

    from service.bootstrap.database import migrate_database
    from service.cli.failing import errors_as_sentences, read_settings
    from service.process.process_log import configure_log

    settings = read_settings()
    configure_log("api", level=settings.log_level)
    with errors_as_sentences():
        migrate_database(settings)
    uvicorn.run(
        "service.http.app:create_app",
        factory=True,
        host=host,
        port=port,
        log_config=None,
        access_log=settings.log_level.upper() == "DEBUG",
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
    )


def worker(queue: QueueArgument) -> None:
    """Run one worker for one queue; run any number of workers, on any number of machines."""
    if queue not in QUEUES:
        raise typer.BadParameter(f"no queue {queue!r}: it must be one of {', '.join(QUEUES)}")
    _become("workers.main", queue)


def schedule() -> None:
    """Run the scheduler alone; a second one does no harm."""
    _become("workers.schedule")


def _become(module: str, *arguments: str) -> None:
    """Replace this process by a module, after a check of the settings."""
    from service.cli.failing import read_settings

    read_settings()
    os.execv(sys.executable, [sys.executable, "-m", module, *arguments])  # noqa: S606  no shell is needed
