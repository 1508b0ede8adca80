"""Runs independent pieces of work in processes of their own, and leaves none behind."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from typing import TypeVar

from threadpoolctl import threadpool_limits

from service.domain.errors import NotReady
from service.process.parent_death import die_with

# What is read by the libraries that bring threads of their own, when they are loaded.
THREADS_OF_LIBRARIES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


Job = TypeVar("Job")


def run_in_processes(
    work: Callable[[Job], None], jobs: Sequence[Job], processes: int, done: Callable[[int], None]
) -> None:
    """Every process is started anew, not forked, and computes on one thread, so that sums come out the same.

    What interrupts it, Ctrl-C or a job that fails, ends all processes at once, in the middle of what they do.

    Args: work: a function that another process can import; done: told after each job how many are done.
    Raises: NotReady: a process died, and whatever a job raises.
    """
    if not jobs:
        return
    before = multiprocessing.active_children()
    executor = ProcessPoolExecutor(
        max_workers=min(processes, len(jobs)),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin,
        initargs=(os.getpid(),),
    )
    try:
        with _interrupts_held_back():
            futures: list[Future[None]] = [executor.submit(work, job) for job in jobs]
        for count, future in enumerate(as_completed(futures), start=1):
            future.result()
            done(count)
    except BrokenProcessPool as error:
        _end(executor, before)
        raise NotReady(
            "a process died, as it does where memory is short: what is done is kept, go on with fewer processes"
        ) from error
    except BaseException:
        _end(executor, before)
        raise
    executor.shutdown()


def processes_that_fit(bytes_each: int) -> int:
    """How many to run at once where each takes so much: one for each core, in half of the memory, at least one."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return max(1, min(cores(), memory // 2 // bytes_each))


def cores() -> int:
    """How many processes this one's machine, or what it may use of it, computes at once."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def _end(executor: ProcessPoolExecutor, before: Sequence[BaseProcess]) -> None:
    """Without waiting for jobs, which may take minutes."""
    for child in multiprocessing.active_children():
        if child not in before:
            child.terminate()
    executor.shutdown(cancel_futures=True)


def _begin(parent_pid: int) -> None:
    """In the new process, before its first job."""
    die_with(parent_pid, by=signal.SIGKILL)
    # Loaded later, a library reads this; those that are loaded are told.
    os.environ.update(dict.fromkeys(THREADS_OF_LIBRARIES, "1"))  # noqa: TID251  written for them, not read
    threadpool_limits(limits=1)


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """New processes inherit it for good: Ctrl-C reaches all of a terminal's, and only the first shall speak of it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
