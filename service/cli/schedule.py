"""`margin schedule`: the scheduler alone."""

import os
import sys

from service.cli.failing import read_settings


def schedule() -> None:
    """Run the scheduler alone; a second one does no harm."""
    read_settings()
    os.execv(sys.executable, [sys.executable, "-m", "workers.schedule"])  # noqa: S606  no shell is wanted here
