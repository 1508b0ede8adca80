"""The progress of a running job reaches the queue, but not too often."""

from collections.abc import Iterator

import pytest
from redis import Redis
from rq.job import Job
from rq.serializers import JSONSerializer

from service.adapters.redis.embedded_redis import EmbeddedRedis
from service.adapters.redis.rq_job_queue import RqJobQueue
from service.bootstrap.job_registry import JOBS
from service.domain.job import JobKind, JobRequest
from workers.progress import RqProgress


@pytest.fixture
def job_id(redis: Redis) -> str:
    return RqJobQueue(redis, JOBS).enqueue(JobRequest(kind=JobKind.TRAIN, project_id="birds")).id


def progress_at(redis: Redis, job_id: str, times: Iterator[float]) -> RqProgress:
    job = Job.fetch(job_id, connection=redis, serializer=JSONSerializer)
    return RqProgress(job, seconds=lambda: next(times))


def test_progress_is_seen_by_whoever_asks_for_the_job(redis: Redis, job_id: str) -> None:
    progress_at(redis, job_id, iter([0.0]))(0.25, "embedding")

    seen = RqJobQueue(redis, JOBS).get(job_id)
    assert (seen.progress, seen.message) == (0.25, "embedding")


def test_progress_is_written_a_few_times_a_second_at_most(redis: Redis, job_id: str) -> None:
    progress = progress_at(redis, job_id, iter([0.0, 0.1, 0.3]))
    seen = []

    for fraction in (0.1, 0.2, 0.3):
        progress(fraction, "training")
        seen.append(RqJobQueue(redis, JOBS).get(job_id).progress)

    assert seen == [0.1, 0.1, 0.3]


def test_end_is_always_written(redis: Redis, job_id: str) -> None:
    progress = progress_at(redis, job_id, iter([0.0, 0.1]))

    progress(0.9, "training")
    progress(1.0, "done")

    assert RqJobQueue(redis, JOBS).get(job_id).message == "done"


def test_lost_redis_does_not_stop_the_work(redis: Redis, redis_server: EmbeddedRedis, job_id: str) -> None:
    progress = progress_at(redis, job_id, iter([0.0]))
    redis_server.stop()

    progress(0.5, "training")
