"""Runs independent jobs in separate processes, and leaves no process behind."""

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

# Libraries with their own threads read these variables when they are loaded.
THREADS_OF_LIBRARIES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


Job = TypeVar("Job")


def run_in_processes(
    work: Callable[[Job], None], jobs: Sequence[Job], processes: int, done: Callable[[int], None]
) -> None:
    """Run jobs in new processes (spawned, not forked), each on one thread, so that sums are reproducible.

    An interruption, by Ctrl-C or by a job that fails, ends all processes at once, in the middle of their work.

    Args:
        work: a function that another process can import.
        done: called after each job with the number of finished jobs.

    Raises: NotReady: a process died. Any error of a job is raised too.
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
            "a process died, often because memory is short: finished runs are kept, continue with fewer processes"
        ) from error
    except BaseException:
        _end(executor, before)
        raise
    executor.shutdown()


def processes_that_fit(bytes_each: int) -> int:
    """Return how many processes of this size to run at once: at most one per core, in half of the memory."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return max(1, min(cores(), memory // 2 // bytes_each))


def cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def _end(executor: ProcessPoolExecutor, before: Sequence[BaseProcess]) -> None:
    """End the processes without waiting for their jobs, which may take minutes."""
    for child in multiprocessing.active_children():
        if child not in before:
            child.terminate()
    executor.shutdown(cancel_futures=True)


def _begin(parent_pid: int) -> None:
    """Prepare a new process before its first job."""
    die_with(parent_pid, by=signal.SIGKILL)
    # A library that is loaded later reads these variables; threadpool_limits sets those that are loaded already.
    os.environ.update(dict.fromkeys(THREADS_OF_LIBRARIES, "1"))  # noqa: TID251  written for them, not read
    threadpool_limits(limits=1)


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Block SIGINT while processes start, so that they inherit this for good.

    Ctrl-C reaches all processes of a terminal, and only the first one must report it.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
