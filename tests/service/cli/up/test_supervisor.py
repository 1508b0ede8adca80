"""The supervisor keeps programs running and stops them in order."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from service.cli.up.supervisor import LONGEST_WAIT_SECONDS, Program, ProgramKeepsEnding, Supervisor
from tests.waiting import wait_until

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); open('deaf', 'w'); time.sleep(60)"


class FakeSeconds:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def program(name: str, code: str = "import time; time.sleep(60)", *, essential: bool = False) -> Program:
    return Program(name=name, command=(sys.executable, "-c", code), essential=essential)


@contextmanager
def supervising(*programs: Program, seconds: FakeSeconds | None = None, **environment: str) -> Iterator[Supervisor]:
    supervisor = Supervisor(programs, environment=environment, seconds=seconds or FakeSeconds())
    try:
        yield supervisor
    finally:
        supervisor.stop_all(seconds=0)


def end(supervisor: Supervisor, name: str) -> None:
    """Kill a program, and wait until the supervisor has seen it."""
    pid = supervisor.pids[name]
    os.kill(pid, signal.SIGKILL)

    def was_seen() -> bool:
        supervisor.look_after()
        return supervisor.pids.get(name) != pid

    wait_until(was_seen)


def exists(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_program_that_ends_is_started_again_after_a_while() -> None:
    seconds = FakeSeconds()
    with supervising(program("a"), seconds=seconds) as supervisor:
        supervisor.look_after()
        end(supervisor, "a")
        assert supervisor.pids == {}

        seconds.now += 1
        supervisor.look_after()

        assert set(supervisor.pids) == {"a"}


def test_program_that_keeps_ending_is_started_again_later_and_later() -> None:
    seconds = FakeSeconds()
    waits = []
    with supervising(program("a"), seconds=seconds) as supervisor:
        for _ in range(7):
            supervisor.look_after()
            end(supervisor, "a")
            ended_at = seconds.now
            while not supervisor.pids:
                seconds.now += 1
                supervisor.look_after()
            waits.append(seconds.now - ended_at)

    assert waits == [1, 2, 4, 8, 16, LONGEST_WAIT_SECONDS, LONGEST_WAIT_SECONDS]


def test_essential_program_that_keeps_ending_ends_everything() -> None:
    seconds = FakeSeconds()
    with supervising(program("api", essential=True), seconds=seconds) as supervisor:
        for _ in range(2):
            supervisor.look_after()
            end(supervisor, "api")
            seconds.now += 10
        supervisor.look_after()

        with pytest.raises(ProgramKeepsEnding, match="api ended 3 times in a row"):
            end(supervisor, "api")


def test_stop_ends_the_named_programs_only() -> None:
    with supervising(program("a"), program("b")) as supervisor:
        supervisor.look_after()
        pids = supervisor.pids

        supervisor.stop(["a"], seconds=5)

        assert not exists(pids["a"])
        assert supervisor.pids == {"b": pids["b"]}


def test_program_that_does_not_listen_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with supervising(program("a", STUBBORN)) as supervisor:
        supervisor.look_after()
        wait_until(Path("deaf").exists)
        pid = supervisor.pids["a"]

        supervisor.stop_all(seconds=0.1)

        assert not exists(pid)


def test_programs_see_the_environment_they_are_given(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    code = f"import os, pathlib; pathlib.Path({str(seen)!r}).write_text(os.environ['MARGIN_DATA'] + ' ')"
    with supervising(program("a", code), MARGIN_DATA="/somewhere") as supervisor:
        supervisor.look_after()

        wait_until(lambda: seen.exists() and seen.read_text())

    assert seen.read_text() == "/somewhere "
