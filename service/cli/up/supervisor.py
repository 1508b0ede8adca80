"""Keeps child processes running, and stops them."""

import logging
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from service.domain.errors import MarginError
from service.process.parent_death import tethered

logger = logging.getLogger(__name__)

LONGEST_WAIT_SECONDS = 30.0
# A process that ran this long had started well; its next end counts as the first one.
SETTLED_SECONDS = 60.0
ESSENTIAL_DEATHS = 3


class ProgramKeepsEnding(MarginError):
    """An essential program ended several times in a row."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """A child process to keep running; if an essential one keeps ending, everything ends."""

    name: str
    command: tuple[str, ...]
    essential: bool = False


@dataclass(kw_only=True)
class _Child:
    program: Program
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    start_after: float = 0.0
    deaths: int = field(default=0)


class Supervisor:
    """Starts programs, and starts those that end again, each time after a longer wait."""

    def __init__(
        self,
        programs: Sequence[Program],
        *,
        environment: Mapping[str, str],
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._children = {program.name: _Child(program=program) for program in programs}
        self._environment = {**os.environ, **environment}  # noqa: TID251  passed on whole
        self._seconds = seconds

    @property
    def pids(self) -> dict[str, int]:
        """Return the ids of the processes that run now, by program."""
        return {name: child.process.pid for name, child in self._children.items() if child.process}

    def look_after(self) -> None:
        """Start all programs that should run and do not; call this often.

        Raises: ProgramKeepsEnding.
        """
        for child in self._children.values():
            if child.process is not None and child.process.poll() is not None:
                self._record_death(child, child.process.returncode)
            if child.process is None and self._seconds() >= child.start_after:
                self._start(child)

    def stop(self, names: Sequence[str], *, seconds: float) -> None:
        """Ask programs to end, all at once, and kill those that still run after this time."""
        children = [self._children[name] for name in names if self._children[name].process]
        for child in children:
            _signal(child, signal.SIGTERM)
        deadline = time.monotonic() + seconds
        for child in children:
            _wait(child, until=deadline)

    def stop_all(self, *, seconds: float) -> None:
        """Stop all programs that still run."""
        self.stop(list(self._children), seconds=seconds)

    def _start(self, child: _Child) -> None:
        child.started_at = self._seconds()
        child.process = subprocess.Popen(  # noqa: S603  our own programs
            tethered(list(child.program.command), dies_by=signal.SIGKILL),
            env=self._environment,
            stdin=subprocess.DEVNULL,
            process_group=0,  # Ctrl-C must reach only the supervisor, which stops its children in order
        )

    def _record_death(self, child: _Child, status: int) -> None:
        now = self._seconds()
        settled = now - child.started_at >= SETTLED_SECONDS
        child.deaths = 1 if settled else child.deaths + 1
        child.process = None
        name = child.program.name
        if child.program.essential and child.deaths >= ESSENTIAL_DEATHS:
            raise ProgramKeepsEnding(f"{name} ended {child.deaths} times in a row, last with status {status}")
        wait = min(2.0 ** (child.deaths - 1), LONGEST_WAIT_SECONDS)
        child.start_after = now + wait
        logger.warning("%s ended with status %d; starting it again in %.0f s", name, status, wait)


def _signal(child: _Child, number: signal.Signals) -> None:
    if child.process is not None:
        child.process.send_signal(number)


def _wait(child: _Child, *, until: float) -> None:
    if child.process is None:
        return
    try:
        child.process.wait(max(0.0, until - time.monotonic()))
    except subprocess.TimeoutExpired:
        logger.warning("%s did not end in time and is killed now", child.program.name)
        child.process.kill()
        child.process.wait()
    child.process = None
