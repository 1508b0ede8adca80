"""Contract of all job queues, run on the double and on RQ with a real Redis."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import pytest
from redis import Redis
from rq import Queue
from rq.job import Job as RqJob
from rq.serializers import JSONSerializer
from rq.utils import import_attribute
from rq.worker import SimpleWorker

from service.adapters.redis.embedded_redis import EmbeddedRedis
from service.adapters.redis.redis_connection import connect_redis
from service.adapters.redis.rq_job_queue import FAILED_KEPT, FINISHED_KEPT, RqJobQueue
from service.bootstrap.job_registry import JOBS
from service.domain.errors import NotFound, QueueUnavailable
from service.domain.job import JobKind, JobRequest, JobState
from service.ports import JobQueue
from tests.doubles.job_queue import InMemoryJobQueue


class PlayedWorker(Protocol):
    """Moves jobs through their states as a worker would."""

    def start(self, job_id: str) -> None: ...

    def finish(self, job_id: str, result: dict[str, Any] | None = None) -> None: ...

    def fail(self, job_id: str, error: str) -> None: ...


class RqPlayedWorker:
    """Uses RQ's own steps, but runs no function."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._worker = SimpleWorker(["played"], connection=redis, serializer=JSONSerializer)

    def start(self, job_id: str) -> None:
        job, queue = self._job(job_id)
        queue.remove(job)
        self._worker.prepare_execution(job)
        self._worker.prepare_job_execution(job)

    def finish(self, job_id: str, result: dict[str, Any] | None = None) -> None:
        job, queue = self._started(job_id)
        assert self._worker.execution
        self._worker._finalize_success(job, queue, self._worker.execution, result)

    def fail(self, job_id: str, error: str) -> None:
        job, queue = self._started(job_id)
        job.retries_left = 0
        job.ended_at = datetime.now(UTC)
        self._worker.handle_job_failure(job, queue, exc_string=error, execution=self._worker.execution)

    def _started(self, job_id: str) -> tuple[RqJob, Queue]:
        if self._job(job_id)[0].is_queued:
            self.start(job_id)
        return self._job(job_id)

    def _job(self, job_id: str) -> tuple[RqJob, Queue]:
        job = RqJob.fetch(job_id, connection=self._redis, serializer=JSONSerializer)
        return job, Queue(job.origin, connection=self._redis, serializer=JSONSerializer)


@pytest.fixture(scope="module")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedRedis]:
    server = EmbeddedRedis(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def redis(redis_server: EmbeddedRedis) -> Iterator[Redis]:
    with connect_redis(redis_server.url) as client:
        client.flushall()
        yield client


@pytest.fixture(params=["in memory", "rq"])
def queue_and_worker(request: pytest.FixtureRequest) -> tuple[JobQueue, PlayedWorker]:
    if request.param == "rq":
        redis = request.getfixturevalue("redis")
        return RqJobQueue(redis, JOBS), RqPlayedWorker(redis)
    seconds = count()
    queue = InMemoryJobQueue(clock=lambda: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=next(seconds)))
    return queue, queue


@pytest.fixture
def queue(queue_and_worker: tuple[JobQueue, PlayedWorker]) -> JobQueue:
    return queue_and_worker[0]


@pytest.fixture
def worker(queue_and_worker: tuple[JobQueue, PlayedWorker]) -> PlayedWorker:
    return queue_and_worker[1]


def train(project_id: str = "birds") -> JobRequest:
    return JobRequest(kind=JobKind.TRAIN, project_id=project_id)


def test_new_job_waits(queue: JobQueue) -> None:
    job = queue.enqueue(JobRequest(kind=JobKind.RANK, project_id="birds", arguments={"count": 10}))

    assert (job.kind, job.project_id, job.state, job.progress) == (JobKind.RANK, "birds", JobState.QUEUED, 0.0)
    assert (job.started_at, job.ended_at, job.error, job.result) == (None, None, None, None)
    assert job.created_at.tzinfo is not None
    assert queue.get(job.id) == job


def test_job_that_waits_is_not_queued_twice(queue: JobQueue) -> None:
    first = queue.enqueue(train())

    second = queue.enqueue(train())

    assert second.id == first.id


def test_one_job_waits_behind_the_running_one(queue: JobQueue, worker: PlayedWorker) -> None:
    running = queue.enqueue(train())
    worker.start(running.id)

    waiting = queue.enqueue(train())
    third = queue.enqueue(train())

    assert queue.get(running.id).state is JobState.RUNNING
    assert waiting.id != running.id
    assert waiting.state is JobState.QUEUED
    assert third.id == waiting.id


def test_the_same_waiting_job_is_returned_and_one_with_other_arguments_is_queued(queue: JobQueue) -> None:
    by_margin, by_entropy = (
        JobRequest(kind=JobKind.RANK, project_id="birds", arguments={"strategy_name": name})
        for name in ("margin", "entropy")
    )

    first, other, again = (queue.enqueue(request).id for request in (by_margin, by_entropy, by_margin))

    assert first == again
    assert first != other


def test_other_projects_and_kinds_do_not_wait_for_each_other(queue: JobQueue) -> None:
    jobs = [queue.enqueue(JobRequest(kind=kind, project_id=p)) for kind in JobKind for p in ("birds", "cats")]

    assert len({job.id for job in jobs}) == len(jobs)


def test_finished_job_keeps_its_result(queue: JobQueue, worker: PlayedWorker) -> None:
    job = queue.enqueue(train())

    worker.finish(job.id, {"version": 3})

    finished = queue.get(job.id)
    assert (finished.state, finished.progress, finished.result) == (JobState.FINISHED, 1.0, {"version": 3})
    assert finished.ended_at is not None


def test_failed_job_says_why(queue: JobQueue, worker: PlayedWorker) -> None:
    job = queue.enqueue(train())

    worker.fail(job.id, "NotReady: no labels yet")

    failed = queue.get(job.id)
    assert (failed.state, failed.error, failed.result) == (JobState.FAILED, "NotReady: no labels yet", None)
    assert failed.ended_at is not None


@pytest.mark.parametrize("end", ["finish", "fail", "cancel"])
def test_after_an_end_the_next_job_is_a_new_one(queue: JobQueue, worker: PlayedWorker, end: str) -> None:
    first = queue.enqueue(train())
    match end:
        case "finish":
            worker.finish(first.id)
        case "fail":
            worker.fail(first.id, "a bug")
        case _:
            queue.cancel(first.id)

    second = queue.enqueue(train())

    assert second.id != first.id
    assert second.state is JobState.QUEUED


def test_page_lists_the_newest_first(queue: JobQueue) -> None:
    ids = [queue.enqueue(train(project)).id for project in ("a", "b", "c")]

    page = queue.page(project_id=None, kind=None, limit=2)

    assert [job.id for job in page] == [ids[2], ids[1]]


def test_page_is_of_a_project_and_a_kind(queue: JobQueue) -> None:
    wanted = queue.enqueue(train("birds"))
    queue.enqueue(train("cats"))
    rank = queue.enqueue(JobRequest(kind=JobKind.RANK, project_id="birds"))

    of_both = queue.page(project_id="birds", kind=JobKind.TRAIN, limit=10)
    of_project = queue.page(project_id="birds", kind=None, limit=10)
    of_kind = queue.page(project_id=None, kind=JobKind.RANK, limit=10)

    assert [job.id for job in of_both] == [wanted.id]
    assert [job.id for job in of_project] == [rank.id, wanted.id]
    assert [job.id for job in of_kind] == [rank.id]


def test_cancelled_job_never_runs(queue: JobQueue) -> None:
    job = queue.enqueue(train())

    cancelled = queue.cancel(job.id)

    assert cancelled.state is JobState.CANCELLED
    assert queue.get(job.id).state is JobState.CANCELLED


def test_cancelling_what_ended_changes_nothing(queue: JobQueue, worker: PlayedWorker) -> None:
    job = queue.enqueue(train())
    worker.finish(job.id, {"version": 3})

    assert queue.cancel(job.id) == queue.get(job.id)
    assert queue.get(job.id).state is JobState.FINISHED


@pytest.mark.parametrize("job_id", ["7b0f4b9c-0000-4000-8000-000000000000", "no job id: at all", ""])
def test_unknown_job_is_not_found(queue: JobQueue, job_id: str) -> None:
    with pytest.raises(NotFound):
        queue.get(job_id)


@pytest.mark.parametrize("kind", JobKind)
def test_jobs_of_each_kind_wait_in_their_queue_and_name_a_function(kind: JobKind, redis: Redis) -> None:
    job = RqJobQueue(redis, JOBS).enqueue(JobRequest(kind=kind, project_id="birds"))

    stored = RqJob.fetch(job.id, connection=redis, serializer=JSONSerializer)
    assert (stored.origin, stored.timeout) == (JOBS[kind].queue, JOBS[kind].timeout_seconds)
    assert stored.func_name
    assert callable(import_attribute(stored.func_name))


def test_job_waiting_behind_another_is_queued_when_that_fails(redis: Redis) -> None:
    queue, worker = RqJobQueue(redis, JOBS), RqPlayedWorker(redis)
    running = queue.enqueue(train())
    worker.start(running.id)
    waiting = queue.enqueue(train())
    on_queue = Queue("train", connection=redis)
    assert on_queue.get_job_ids() == []

    worker.fail(running.id, "a bug")

    assert on_queue.get_job_ids() == [waiting.id]


def test_twenty_at_once_queue_one_job(redis: Redis) -> None:
    queue = RqJobQueue(redis, JOBS)

    with ThreadPoolExecutor(max_workers=20) as threads:
        jobs = list(threads.map(lambda _: queue.enqueue(train()), range(20)))

    assert len({job.id for job in jobs}) == 1
    assert len(queue.page(project_id="birds", kind=None, limit=100)) == 1


def test_redis_holds_json_and_forgets_jobs_in_time(redis: Redis) -> None:
    queue, worker = RqJobQueue(redis, JOBS), RqPlayedWorker(redis)
    finished, failed = queue.enqueue(train("a")), queue.enqueue(train("b"))

    worker.finish(finished.id, {"version": 1})
    worker.fail(failed.id, "a bug")

    job = RqJob.fetch(finished.id, connection=redis, serializer=JSONSerializer)
    assert json.loads(job.data) == ["workers.jobs.train", None, ["a"], {}]
    assert redis.ttl(job.key) == pytest.approx(FINISHED_KEPT.total_seconds(), abs=60)
    assert redis.ttl(RqJob.key_for(failed.id)) == pytest.approx(FAILED_KEPT.total_seconds(), abs=60)


def test_error_is_one_line_of_the_traceback(redis: Redis) -> None:
    queue, worker = RqJobQueue(redis, JOBS), RqPlayedWorker(redis)
    job = queue.enqueue(train())
    traceback = (
        "Traceback (most recent call last):\n  File 'a.py', line 1\nValueError: first\n\n"
        "The above exception was the direct cause of the following exception:\n\n"
        "Traceback (most recent call last):\n  File 'b.py', line 2, in f\n    raise Bad\n"
        "service.domain.errors.NotReady: no labels yet\n(background on this error)\n"
    )

    worker.fail(job.id, traceback)

    assert queue.get(job.id).error == "NotReady: no labels yet"


def test_queue_is_unavailable_while_redis_is_gone_and_works_when_it_is_back(tmp_path: Path) -> None:
    server = EmbeddedRedis(tmp_path)
    server.start()
    queue = RqJobQueue(connect_redis(server.url), JOBS)
    job = queue.enqueue(train())
    server.stop()

    with pytest.raises(QueueUnavailable):
        queue.ping()
    with pytest.raises(QueueUnavailable):
        queue.enqueue(train())
    server.start()
    found = queue.get(job.id)
    server.stop()

    assert found == job


def test_queue_is_unavailable_while_redis_takes_nothing(tmp_path: Path) -> None:
    server = EmbeddedRedis(tmp_path)
    server.start()
    redis = connect_redis(server.url)
    redis.config_set("maxmemory", 1)

    with pytest.raises(QueueUnavailable, match="refuses to store"):
        RqJobQueue(redis, JOBS).enqueue(train())
    with pytest.raises(QueueUnavailable, match="refuses to store"):
        RqJobQueue(redis, JOBS).ping()

    server.stop()
