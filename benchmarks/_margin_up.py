"""A Margin of its own for a benchmark, and its table; the underscore keeps it off the list of benchmarks."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from rich.console import Console
from rich.table import Table

START_SECONDS = 180.0
STOP_SECONDS = 60.0
JOB_SECONDS = 300.0
POLL_SECONDS = 0.2


@dataclass(frozen=True, kw_only=True)
class Timed:
    """What was asked, under which circumstances, and how long each answer took, in seconds."""

    name: str
    seconds: Sequence[float]
    took: float


@contextmanager
def margin_at(url: str | None) -> Iterator[str]:
    """The address given, or that of a `margin up` on an empty folder which goes with it."""
    if url is not None:
        yield url.rstrip("/")
        return
    with (
        tempfile.TemporaryDirectory(prefix="margin-benchmark-") as folder,
        (Path(folder) / "margin.log").open("wb") as log,
    ):
        own = f"http://127.0.0.1:{(port := _free_port())}"
        command = [sys.executable, "-m", "service.cli.main", "up", "--port", str(port), "--data", f"{folder}/data"]
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True, env=os.environ)
        try:
            _wait_until_ready(own, process, Path(folder) / "margin.log")
            yield own
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(STOP_SECONDS)


def wait_for_job(client: httpx.Client, job_id: str) -> dict[str, Any]:
    """The job when it has ended. Raises: SystemExit: it failed, or takes for ever."""
    deadline = time.monotonic() + JOB_SECONDS
    while time.monotonic() < deadline:
        job: dict[str, Any] = client.get(f"/v1/jobs/{job_id}").raise_for_status().json()
        if job["state"] == "finished":
            return job
        if job["state"] not in ("queued", "running"):
            raise SystemExit(f"the {job['kind']} job {job['state']}: {job['error']}")
        time.sleep(POLL_SECONDS)
    raise SystemExit(f"job {job_id} has not ended after {JOB_SECONDS:.0f} s")


def print_times(title: str, measured: Sequence[Timed]) -> None:
    """A table with a row for each."""
    table = Table("", "requests", "p50 ms", "p99 ms", "slowest ms", "requests/s", title=title)
    for each in measured:
        p50, p99, slowest = (f"{1000 * float(np.quantile(each.seconds, share)):.1f}" for share in (0.5, 0.99, 1.0))
        table.add_row(each.name, str(len(each.seconds)), p50, p99, slowest, f"{len(each.seconds) / each.took:.1f}")
    Console().print(table)


def _wait_until_ready(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(httpx.TransportError):
            if httpx.get(f"{url}/ready", timeout=30).is_success:
                return
        time.sleep(POLL_SECONDS)
    raise SystemExit(f"Margin did not start:\n{log.read_text()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
