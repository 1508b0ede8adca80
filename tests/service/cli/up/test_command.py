"""`margin up` as a user runs it: real processes, real signals."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from rq import Queue

from service.adapters.redis.embedded_redis import EmbeddedRedis
from service.adapters.redis.redis_connection import connect_redis
from service.adapters.redis.rq_job_queue import RqJobQueue
from service.bootstrap.job_registry import JOBS
from service.domain.job import JobKind, JobRequest, JobState
from tests.waiting import GENEROUS_SECONDS, wait_until

MARGIN = [sys.executable, "-m", "service.cli.main"]
PROCESSES = 7  # Redis, web service, four workers, scheduler
Up = Callable[[], "subprocess.Popen[str]"]

# A test waits up to three times for seven processes that import much.
pytestmark = pytest.mark.timeout(4 * GENEROUS_SECONDS)


def run(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*MARGIN, *arguments], env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )


def children_of(up: "subprocess.Popen[str]") -> set[int]:
    return {int(pid) for pid in Path(f"/proc/{up.pid}/task/{up.pid}/children").read_text().split()}


def live(pids: set[int]) -> set[int]:
    return {pid for pid in pids if Path(f"/proc/{pid}").exists()}


@pytest.fixture
def port() -> Iterator[int]:
    """Hold a port that no other test is given meanwhile: only servers, which set SO_REUSEADDR, may listen on it."""
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


@pytest.fixture
def up(tmp_path: Path, port: int) -> Iterator[Up]:
    started: list[subprocess.Popen[str]] = []

    def start() -> "subprocess.Popen[str]":
        command = [*MARGIN, "up", "--port", str(port), "--data", str(tmp_path / "data")]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_everything_stops_in_good_time_when_it_is_told_to(up: Up, port: int) -> None:
    margin = up()
    wait_until(lambda: len(children_of(margin)) == PROCESSES)
    wait_until(lambda: answers(f"http://127.0.0.1:{port}/live"))
    children = children_of(margin)

    margin.send_signal(signal.SIGINT)

    assert margin.wait(timeout=20) == 0
    assert live(children) == set()


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).is_success
    except httpx.TransportError:
        return False


def test_no_process_outlives_a_killed_margin_and_the_next_start_takes_over(up: Up) -> None:
    margin = up()
    wait_until(lambda: len(children_of(margin)) == PROCESSES)
    children = children_of(margin)

    margin.kill()
    margin.wait()

    wait_until(lambda: not live(children))
    again = up()
    wait_until(lambda: len(children_of(again)) == PROCESSES)


def test_job_that_was_taken_when_margin_was_killed_is_run(up: Up, tmp_path: Path) -> None:
    server = EmbeddedRedis(tmp_path / "data" / "redis")
    server.start()
    with connect_redis(server.url) as redis:
        job = RqJobQueue(redis, JOBS).enqueue(JobRequest(kind=JobKind.TRAIN, project_id="birds"))
        Queue.lmove(redis, "rq:queue:train", None)
        server.stop()

        up()

        jobs = RqJobQueue(redis, JOBS)
        wait_until(lambda: is_up(server) and jobs.get(job.id).state is not JobState.QUEUED)


def is_up(server: EmbeddedRedis) -> bool:
    return Path(server.url.removeprefix("unix://")).is_socket()


def test_taken_port_is_refused_with_a_sentence(tmp_path: Path, port: int) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()

        ended = run("up", "--port", str(port), "--data", str(tmp_path / "data"))

    assert (ended.returncode, ended.stderr) == (
        1,
        f"margin: port {port} on 127.0.0.1 is taken: choose another one with --port\n",
    )
    assert not (tmp_path / "data" / "redis").exists()


def test_unwritable_folder_is_refused_with_a_sentence(tmp_path: Path, port: int) -> None:
    (tmp_path / "file").touch()

    ended = run("up", "--port", str(port), "--data", str(tmp_path / "file" / "data"))

    assert ended.returncode == 1
    assert ended.stderr.startswith(f"margin: cannot write to {tmp_path}/file/data (Not a directory)")
    assert ended.stderr.count("\n") == 1


def test_folder_in_use_is_refused_with_a_sentence(tmp_path: Path, port: int) -> None:
    server = EmbeddedRedis(tmp_path / "redis")
    server.start()

    ended = run("up", "--port", str(port), "--data", str(tmp_path))

    server.stop()
    assert ended.returncode == 1
    assert ended.stderr == f"margin: {tmp_path}/redis is in use: another Margin runs on this data\n"


def test_wrong_setting_is_refused_with_a_sentence(tmp_path: Path) -> None:
    ended = run("up", "--data", str(tmp_path), MARGIN_MAX_BATCH="many")

    assert ended.returncode == 1
    assert ended.stderr.startswith("margin: MARGIN_MAX_BATCH: Input should be a valid integer")


@pytest.mark.parametrize(
    ("variable", "nearest"),
    [
        ("MARGIN_ENCODER", "efficientnet-lite0"),
        ("MARGIN_HEAD", "softmax-regression"),
        ("MARGIN_STRATEGY", "least-confidence"),
    ],
)
def test_unknown_encoder_head_or_strategy_is_refused_with_the_nearest_name(
    variable: str, nearest: str, tmp_path: Path
) -> None:
    ended = run("up", "--data", str(tmp_path), **{variable: nearest[:-1]})

    assert ended.returncode == 1
    assert ended.stderr.startswith(f"margin: {variable}: ")
    assert nearest in ended.stderr


def test_wrong_setting_never_shows_its_value(tmp_path: Path) -> None:
    ended = run("up", "--data", str(tmp_path), LABEL_STUDIO_API_KEY="a-secret-key")

    assert ended.returncode == 1
    assert ended.stderr == "margin: LABEL_STUDIO_API_KEY is sent to LABEL_STUDIO_URL only: set that too\n"


def test_redis_that_does_not_answer_is_refused_with_a_sentence(tmp_path: Path, port: int) -> None:
    ended = run("up", "--port", str(port), "--data", str(tmp_path), MARGIN_REDIS_URL=f"redis://127.0.0.1:{port}")

    assert ended.returncode == 1
    assert "margin: the job queue does not answer" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_unknown_queue_is_bad_usage() -> None:
    ended = run("worker", "nonsense")

    assert ended.returncode == 2
    assert "no queue 'nonsense'" in ended.stderr
