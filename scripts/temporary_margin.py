"""Starts a Margin for a script or a benchmark on an empty folder, and removes both afterwards."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx

# A cold start imports PyTorch in several processes, on machines that do other work at the same time.
START_SECONDS = 180.0
STOP_SECONDS = 60.0
JOB_SECONDS = 300.0
# Polling takes processor time from the processes that are polled.
POLL_SECONDS = 0.2


@contextmanager
def margin_at(url: str | None) -> Iterator[str]:
    """Yield the given address, or that of a new `margin up` on an empty folder and a free port.

    Raises: SystemExit: it did not start; the message is its log.
    """
    if url is not None:
        yield url.rstrip("/")
        return
    with (
        tempfile.TemporaryDirectory(prefix="margin-") as folder,
        (Path(folder) / "margin.log").open("wb") as log,
    ):
        port = free_port()
        command = [sys.executable, "-m", "service.cli.main", "up", "--port", str(port), "--data", f"{folder}/data"]
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True, env=os.environ)
        own = f"http://127.0.0.1:{port}"
        try:
            _wait_until_ready(own, process, Path(log.name))
            yield own
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(STOP_SECONDS)


def wait_for_job(client: httpx.Client, job_id: str) -> dict[str, Any]:
    """Wait for a job and return it when it has finished.

    Raises: SystemExit: the job failed, was cancelled, or takes too long.
    """
    deadline = time.monotonic() + JOB_SECONDS
    while time.monotonic() < deadline:
        job: dict[str, Any] = client.get(f"/v1/jobs/{job_id}").raise_for_status().json()
        if job["state"] == "finished":
            return job
        if job["state"] not in ("queued", "running"):
            raise SystemExit(f"job {job['kind']} of {job['project']} {job['state']}: {job['error']}")
        time.sleep(POLL_SECONDS)
    raise SystemExit(f"job {job_id} has not ended after {JOB_SECONDS:.0f} s")


def free_port() -> int:
    """Return a loopback port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(httpx.TransportError):
            if httpx.get(f"{url}/ready", timeout=30, trust_env=False).is_success:
                return
        time.sleep(POLL_SECONDS)
    raise SystemExit(f"Margin did not start:\n{log.read_text()}")
