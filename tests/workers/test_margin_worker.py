"""Real workers on a real Redis: no job is lost, whatever happens to its worker."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from redis import Redis
from rq import Queue, Retry, Worker
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer

from service.adapters.redis.embedded_redis import EmbeddedRedis
from service.adapters.redis.orphaned_jobs import requeue_orphans
from service.adapters.redis.rq_job_queue import CRASH_RETRIES, RqJobQueue
from service.adapters.sql.migration import migrate
from service.bootstrap.job_registry import JOBS, QUEUES
from service.domain.job import JobKind, JobRequest, JobState
from tests.waiting import GENEROUS_SECONDS, wait_until
from workers.margin_worker import HEARTBEAT_TTL_SECONDS

BOTH_KINDS = pytest.mark.parametrize("queue_name", ["encode", "train"])
FUNCTIONS = "tests.workers.slow_jobs"
StartWorker = Callable[[str], "subprocess.Popen[bytes]"]

# A test waits for up to three things, each of which may take long on a busy machine.
pytestmark = pytest.mark.timeout(4 * GENEROUS_SECONDS)


@dataclass(frozen=True, kw_only=True)
class Gate:
    """A slow job that waits until the test opens its gate."""

    job: Job
    gate: Path
    trace: Path

    def is_running(self) -> bool:
        return self.trace.exists() and self.job.get_status() is JobStatus.STARTED

    def runs(self) -> list[int]:
        """Return the processes that have begun the job, in order."""
        return [int(line) for line in self.trace.read_text().split()] if self.trace.exists() else []

    def ends(self, status: JobStatus) -> None:
        wait_until(lambda: self.job.get_status() is status)


@pytest.fixture
def start_worker(redis_server: EmbeddedRedis, tmp_path: Path) -> Iterator[StartWorker]:
    started: list[subprocess.Popen[bytes]] = []

    def start(queue_name: str) -> "subprocess.Popen[bytes]":
        environment = {**os.environ, "MARGIN_REDIS_URL": redis_server.url, "MARGIN_DATA": str(tmp_path)}
        worker = subprocess.Popen([sys.executable, "-m", "workers.main", queue_name], env=environment)
        started.append(worker)
        return worker

    yield start
    for worker in started:
        worker.kill()
        worker.wait()


def queue_of(redis: Redis, name: str) -> Queue:
    return Queue(name, connection=redis, serializer=JSONSerializer)


def enqueue(redis: Redis, queue_name: str, function: str, **arguments: str) -> Job:
    return queue_of(redis, queue_name).enqueue(
        f"{FUNCTIONS}.{function}", kwargs=arguments, retry=Retry(max=CRASH_RETRIES, enqueue_at_front=True)
    )


def retries_left(redis: Redis, job: Job) -> int | None:
    return Job.fetch(job.id, connection=redis, serializer=JSONSerializer).retries_left


def enqueue_slow(redis: Redis, queue_name: str, folder: Path) -> Gate:
    gate, trace = folder / "gate", folder / "trace"
    job = enqueue(redis, queue_name, "wait_for", gate=str(gate), trace=str(trace))
    return Gate(job=job, gate=gate, trace=trace)


@BOTH_KINDS
def test_stopped_worker_gives_its_job_back_and_the_next_one_finishes_it(
    queue_name: str, redis: Redis, start_worker: StartWorker, tmp_path: Path
) -> None:
    slow = enqueue_slow(redis, queue_name, tmp_path)
    behind = enqueue(redis, queue_name, "say_no")
    worker = start_worker(queue_name)
    wait_until(slow.is_running)

    worker.send_signal(signal.SIGTERM)

    assert worker.wait(timeout=GENEROUS_SECONDS) == 0
    assert queue_of(redis, queue_name).get_job_ids() == [slow.job.id, behind.id]
    assert slow.job.get_status() is JobStatus.QUEUED
    slow.gate.touch()
    start_worker(queue_name)
    slow.ends(JobStatus.FINISHED)
    assert len(slow.runs()) == 2


def test_giving_a_job_back_costs_no_retry(redis: Redis, start_worker: StartWorker, tmp_path: Path) -> None:
    slow = enqueue_slow(redis, "encode", tmp_path)
    worker = start_worker("encode")
    wait_until(slow.is_running)

    worker.send_signal(signal.SIGTERM)
    worker.wait(timeout=GENEROUS_SECONDS)

    assert retries_left(redis, slow.job) == CRASH_RETRIES


@BOTH_KINDS
def test_job_of_a_killed_worker_waits_again_after_requeue_orphans(
    queue_name: str, redis: Redis, start_worker: StartWorker, tmp_path: Path
) -> None:
    slow = enqueue_slow(redis, queue_name, tmp_path)
    worker = start_worker(queue_name)
    wait_until(slow.is_running)
    worker.kill()
    worker.wait()

    orphans = requeue_orphans(redis, QUEUES)

    assert orphans == 1
    assert queue_of(redis, queue_name).get_job_ids() == [slow.job.id]
    slow.gate.touch()
    start_worker(queue_name)
    slow.ends(JobStatus.FINISHED)


def test_job_taken_but_never_started_waits_again_after_requeue_orphans(redis: Redis) -> None:
    queue = queue_of(redis, "train")
    job = enqueue(redis, "train", "say_no")
    Queue.lmove(redis, queue.key, None)
    assert queue.get_job_ids() == []

    assert requeue_orphans(redis, QUEUES) == 1

    assert queue.get_job_ids() == [job.id]
    assert queue.intermediate_queue.get_job_ids() == []


@BOTH_KINDS
def test_job_of_a_killed_worker_is_missed_soon_and_waits_again(
    queue_name: str, redis: Redis, start_worker: StartWorker, tmp_path: Path
) -> None:
    queue = queue_of(redis, queue_name)
    slow = enqueue_slow(redis, queue_name, tmp_path)
    worker = start_worker(queue_name)
    wait_until(slow.is_running)
    worker.kill()
    worker.wait()
    now = redis.time()[0]
    missed_at = max(score for _, score in redis.zscan_iter(queue.started_job_registry.key))

    queue.started_job_registry.cleanup(timestamp=missed_at)

    assert missed_at <= now + HEARTBEAT_TTL_SECONDS
    assert queue.get_job_ids() == [slow.job.id]


def test_work_horse_dies_with_its_worker(redis: Redis, start_worker: StartWorker, tmp_path: Path) -> None:
    slow = enqueue_slow(redis, "train", tmp_path)
    worker = start_worker("train")
    wait_until(slow.is_running)
    (horse,) = slow.runs()
    assert horse != worker.pid

    worker.kill()
    worker.wait()

    wait_until(lambda: not Path(f"/proc/{horse}").exists() or "Z" in Path(f"/proc/{horse}/stat").read_text().split())


def test_crashing_job_fails_after_its_retries(redis: Redis, start_worker: StartWorker) -> None:
    job = enqueue(redis, "train", "crash")

    start_worker("train")

    wait_until(lambda: job.get_status() is JobStatus.FAILED)
    result = job.latest_result()
    assert result
    assert "terminated unexpectedly" in (result.exc_string or "")
    assert retries_left(redis, job) == 0


@BOTH_KINDS
def test_clear_no_fails_the_job_at_once(queue_name: str, redis: Redis, start_worker: StartWorker) -> None:
    job = enqueue(redis, queue_name, "say_no")

    start_worker(queue_name)

    wait_until(lambda: job.get_status() is JobStatus.FAILED)
    assert len(job.results()) == 1
    result = job.latest_result()
    assert result
    assert "there are no labels yet" in (result.exc_string or "")


def test_job_that_an_older_release_has_queued_reaches_its_use_case(
    redis: Redis, start_worker: StartWorker, tmp_path: Path
) -> None:
    migrate(f"sqlite:///{tmp_path}/margin.db")
    job = queue_of(redis, "rank").enqueue("workers.jobs.rank", args=("birds",), kwargs={"count": 10})

    start_worker("rank")

    wait_until(lambda: job.get_status() is JobStatus.FAILED)
    result = job.latest_result()
    assert result
    assert "no project 'birds' here" in (result.exc_string or "")


@pytest.mark.parametrize("kind", [JobKind.EMBED, JobKind.TRAIN])
def test_running_job_is_stopped_by_cancel_and_lets_the_next_one_run(
    kind: JobKind, redis: Redis, start_worker: StartWorker, tmp_path: Path
) -> None:
    jobs = RqJobQueue(redis, JOBS)
    running = jobs.enqueue(JobRequest(kind=kind, project_id="birds"))
    slow = make_slow(redis, running.id, tmp_path)
    start_worker(slow.job.origin)
    wait_until(slow.is_running)
    waiting = jobs.enqueue(JobRequest(kind=kind, project_id="birds"))
    make_slow(redis, waiting.id, tmp_path)

    jobs.cancel(running.id)

    wait_until(lambda: jobs.get(running.id).state is JobState.CANCELLED)
    slow.gate.touch()
    wait_until(lambda: jobs.get(waiting.id).state is JobState.FINISHED)


def make_slow(redis: Redis, job_id: str, folder: Path) -> Gate:
    """Let a job that was queued in the usual way call a function of the tests."""
    job = Job.fetch(job_id, connection=redis, serializer=JSONSerializer)
    gate, trace = folder / "gate", folder / "trace"
    job.func_name, job.args = f"{FUNCTIONS}.wait_for", ()
    job.kwargs = {"gate": str(gate), "trace": str(trace)}
    redis.hset(job.key, "data", job.to_dict()["data"])
    return Gate(job=job, gate=gate, trace=trace)


@BOTH_KINDS
def test_idle_worker_goes_on_when_redis_crashed_and_is_back(
    queue_name: str, redis: Redis, redis_server: EmbeddedRedis, start_worker: StartWorker
) -> None:
    start_worker(queue_name)
    wait_until(lambda: [worker.get_state() for worker in Worker.all(connection=redis)] == ["idle"])
    wait_until(lambda: "blmove" in {client["cmd"] for client in redis.client_list()})
    assert redis_server.pid
    os.kill(redis_server.pid, signal.SIGKILL)
    wait_until(redis_server.revive)

    job = enqueue(redis, queue_name, "say_no")

    wait_until(lambda: job.get_status() is JobStatus.FAILED)


def test_worker_without_redis_ends_with_one_sentence(redis_server: EmbeddedRedis, tmp_path: Path) -> None:
    redis_server.stop()
    environment = {**os.environ, "MARGIN_REDIS_URL": redis_server.url, "MARGIN_DATA": str(tmp_path)}

    ended = subprocess.run(
        [sys.executable, "-m", "workers.main", "train"], env=environment, capture_output=True, text=True, check=False
    )

    assert ended.returncode == 1
    assert "cannot work without Redis" in ended.stderr
    assert "Traceback" not in ended.stderr
