"""`margin worker`: one worker alone."""

import os
import sys
from typing import Annotated

import typer

from service.bootstrap.jobs import QUEUES
from service.cli.failing import read_settings

QueueArgument = Annotated[str, typer.Argument(help=f"The queue to work on: {', '.join(QUEUES)}.")]


def worker(queue: QueueArgument) -> None:
    """Run one worker for one queue; run as many as you like, on as many machines."""
    if queue not in QUEUES:
        raise typer.BadParameter(f"no queue {queue!r}: it must be one of {', '.join(QUEUES)}")
    read_settings()
    os.execv(sys.executable, [sys.executable, "-m", "workers.main", queue])  # noqa: S606  no shell is wanted here
