"""Jobs for the worker tests; a job continues when the test creates its gate file."""

import os
import time
from pathlib import Path
from typing import Any

from service.domain.errors import NotReady


def wait_for(gate: str, trace: str) -> dict[str, Any]:
    """Write the process id to the trace, and wait until the gate file exists."""
    with Path(trace).open("a") as lines:
        lines.write(f"{os.getpid()}\n")
    while not Path(gate).exists():
        time.sleep(0.02)
    return {"process": os.getpid()}


def say_no() -> None:
    raise NotReady("there are no labels yet")


def stumble() -> None:
    raise ValueError("a bug")


def crash() -> None:
    os._exit(9)
