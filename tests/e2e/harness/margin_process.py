"""Runs the real `margin up` on a free port and in its own folder, and leaves no process running."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import httpx

from scripts.temporary_margin import free_port
from tests.waiting import wait_until

# A cold start imports PyTorch in several processes, on machines that do other work at the same time.
START_SECONDS = 180.0
STOP_SECONDS = 60.0
HTTP_OK = 200
# Polling takes processor time from the processes that are polled.
POLL_SECONDS = 0.2
# Jobs that are not finished.
UNFINISHED = ("queued", "running")


class MarginProcess:
    """A data folder and the `margin up` that runs on it; it can be stopped or killed, and started again.

    Args:
        environment: settings: `MARGIN_*` and the names that Label Studio's users know.
        auth: the login that our own routes require.
    """

    def __init__(
        self, folder: Path, *, environment: Mapping[str, str] | None = None, auth: tuple[str, str] | None = None
    ) -> None:
        self.data = folder / "margin-data"
        self.log = folder / "margin.log"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.client = httpx.Client(base_url=self.url, auth=auth, timeout=60.0, trust_env=False)
        self._folder = folder
        self._environment = {
            "PATH": os.environ["PATH"],
            # Run the checkout under test, whichever version is installed.
            "PYTHONPATH": str(Path(__file__).parents[3]),
            "HOME": str(folder),
            "OMP_NUM_THREADS": "2",
            "MARGIN_LOG_LEVEL": "INFO",
            **(environment or {}),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process and wait until it is ready.

        Raises: AssertionError: it ended, or is not ready in time.
        """
        command = [str(Path(sys.executable).with_name("margin")), "up", "--port", str(self.port), "--data"]
        with self.log.open("ab") as output:
            self._process = self._spawn([*command, str(self.data)], output)
        wait_until(self._is_ready, seconds=START_SECONDS, every_seconds=POLL_SECONDS)

    def stop(self) -> int:
        """Press Ctrl-C and wait. Returns: the exit status."""
        process = self._running()
        process.send_signal(signal.SIGINT)
        status = process.wait(STOP_SECONDS)
        wait_until(lambda: not self.pids(), seconds=STOP_SECONDS, every_seconds=POLL_SECONDS)
        self._process = None
        return status

    def kill(self) -> None:
        """Kill every process at once, as in a power cut, so that none can clean up."""
        process = self._running()
        for pid in self.pids():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait(STOP_SECONDS)
        wait_until(lambda: not self.pids(), seconds=STOP_SECONDS, every_seconds=POLL_SECONDS)
        self._process = None

    def end(self) -> None:
        """End all processes that still run, and close the client."""
        self.client.close()
        if self._process is not None:
            self.kill()

    def pids(self) -> list[int]:
        """Return the ids of all its processes, direct children or not: all work in its folder or below."""
        folder = self._folder.resolve()
        return [pid for pid in _all_pids() if _working_folder(pid).is_relative_to(folder)]

    def output(self) -> str:
        """Return its output so far."""
        return self.log.read_text(errors="replace")

    def get(self, path: str, **parameters: str | int) -> Any:
        """Return the JSON answer of a route.

        Raises: httpx.HTTPStatusError.
        """
        response = self.client.get(path, params=parameters)
        response.raise_for_status()
        return response.json()

    def post(self, path: str, body: object = None) -> Any:
        """Post to a route and return the JSON answer.

        Raises: httpx.HTTPStatusError.
        """
        response = self.client.post(path, json=body)
        response.raise_for_status()
        return response.json()

    def images(self, project: str, **filters: str) -> list[dict[str, Any]]:
        """Return all images of a project, page by page."""
        images: list[dict[str, Any]] = []
        page = self.get(f"/v1/projects/{project}/images", limit=100, **filters)
        while True:
            images += page["images"]
            if page["next"] is None:
                return images
            page = self.get(f"/v1/projects/{project}/images", limit=100, after=page["next"], **filters)

    def is_idle(self, project: str) -> bool:
        """Return True if no job of the project waits or runs."""
        jobs = self.get("/v1/jobs", project=project)["jobs"]
        return not any(job["state"] in UNFINISHED for job in jobs)

    def _spawn(self, command: list[str], output: IO[bytes]) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            command,
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def _running(self) -> "subprocess.Popen[bytes]":
        assert self._process is not None, "margin up was not started"
        return self._process

    def _is_ready(self) -> bool:
        status = self._running().poll()
        assert status is None, f"margin up ended with status {status}: {self.output()[-2000:]}"
        try:
            return self.client.get("/ready").status_code == HTTP_OK
        except httpx.TransportError:
            return False


@contextmanager
def running_margin(
    folder: Path, *, environment: Mapping[str, str] | None = None, auth: tuple[str, str] | None = None
) -> Iterator[MarginProcess]:
    """Yield a ready `margin up`; Ctrl-C stops it afterwards and must end it well."""
    margin = MarginProcess(folder, environment=environment, auth=auth)
    try:
        margin.start()
        yield margin
        assert margin.stop() == 0, margin.output()[-2000:]
    finally:
        margin.end()


def _all_pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _working_folder(pid: int) -> Path:
    try:
        return Path(f"/proc/{pid}/cwd").readlink()
    except OSError:  # it ended meanwhile, or belongs to somebody else
        return Path("/")
