"""Jobs in separate processes: all of them run, and no process is left behind."""

import multiprocessing
import os
import signal
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from service.adapters.worker_processes import cores, processes_that_fit, run_in_processes
from service.domain.errors import InvalidInput, NotReady


def note(job: int, *, folder: Path) -> None:
    np.linalg.norm(np.ones(3))
    threads = max(library["num_threads"] for library in threadpool_info())
    (folder / str(job)).write_text(f"{os.getpid()} {threads}")


def wait(job: int, *, folder: Path) -> None:
    (folder / str(job)).touch()
    time.sleep(0.2)


def refuse(job: int) -> None:
    if job == 0:
        raise InvalidInput("no such thing")
    time.sleep(60)


def die(job: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def nothing(count: int) -> None:
    pass


def test_each_job_is_done_in_another_process_on_one_thread(tmp_path: Path) -> None:
    counts: list[int] = []

    run_in_processes(partial(note, folder=tmp_path), [1, 2, 3], 2, counts.append)

    noted = [(tmp_path / name).read_text().split() for name in ("1", "2", "3")]
    assert counts == [1, 2, 3]
    assert os.getpid() not in {int(process) for process, _ in noted}
    assert {threads for _, threads in noted} == {"1"}


def test_a_job_that_fails_ends_all_at_once() -> None:
    started = time.monotonic()

    with pytest.raises(InvalidInput, match="no such thing"):
        run_in_processes(refuse, [0, 1, 2, 3], 2, nothing)

    assert time.monotonic() - started < 50
    assert not multiprocessing.active_children()


def test_an_interrupt_ends_all_at_once(tmp_path: Path) -> None:
    def interrupt(count: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_in_processes(partial(wait, folder=tmp_path), list(range(50)), 1, interrupt)

    assert len(list(tmp_path.iterdir())) < 50
    assert not multiprocessing.active_children()


def test_a_process_that_dies_is_told() -> None:
    with pytest.raises(NotReady, match="a process died, often because memory is short"):
        run_in_processes(die, [1], 1, nothing)


def test_nothing_to_do_starts_nothing() -> None:
    run_in_processes(die, [], 2, nothing)


def test_where_memory_is_short_one_process_still_runs() -> None:
    assert processes_that_fit(1) == cores() >= 1
    assert processes_that_fit(10**18) == 1
