"""Starts a program that dies with its parent: `python -m service.process.parent_death PID SIGNAL PROGRAM ...`.

The kernel delivers the signal (Linux only; elsewhere the program just starts). The setting survives `execv`, so it
costs nothing once the program runs.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def tethered(program: list[str], *, dies_by: signal.Signals) -> list[str]:
    """Return the command that starts the program so that it dies with the calling process."""
    return [sys.executable, "-m", "service.process.parent_death", str(os.getpid()), str(int(dies_by)), *program]


def die_with(parent_pid: int, *, by: signal.Signals) -> None:
    """Let this process end by the signal when its parent has ended."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(by))
        if os.getppid() != parent_pid:  # it ended before the call
            os.kill(os.getpid(), by)


def main(arguments: list[str]) -> None:
    """Tie this process to its parent, then become the program."""
    parent_pid, signal_number, *program = arguments
    die_with(int(parent_pid), by=signal.Signals(int(signal_number)))
    os.execv(program[0], program)  # noqa: S606  no shell is needed


if __name__ == "__main__":
    main(sys.argv[1:])
