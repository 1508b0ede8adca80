"""Queues jobs on RQ, over Redis, as plain JSON."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import cast

from redis import Redis, exceptions
from redis.lock import Lock
from rq import Queue, Retry
from rq.command import send_stop_job_command
from rq.exceptions import InvalidJobOperation, NoSuchJobError
from rq.job import Job as RqJob
from rq.job import JobStatus
from rq.rate_limit import RateLimit, RateLimitRegistry
from rq.serializers import JSONSerializer

from service.adapters.redis.rq_job_description import describe, is_ours, new_meta
from service.domain.errors import NotFound, QueueUnavailable
from service.domain.job import Job, JobKind, JobRequest, JobRoute, JobState

FINISHED_KEPT = timedelta(days=1)
FAILED_KEPT = timedelta(days=7)
LISTED = timedelta(days=30)
# A work-horse may crash for lack of memory, or with its machine. Two crashes are bad luck, three are the job's fault.
CRASH_RETRIES = 2
LOCK_SECONDS = 3.0
LOCK_WAIT_SECONDS = 6.0
LOCK_POLL_SECONDS = 0.01
PING_SECONDS = 60
LISTING_CHUNK = 100
# Workers find the function of a kind in this module, by its name.
FUNCTIONS = "workers.jobs"


class RqJobQueue:
    """Implements the JobQueue port with RQ.

    RQ's limit of one job per key keeps a second job of the same kind and project waiting until the first has ended in
    any way. A short lock prevents that a third is queued.

    Args: routes: for every kind of job that is queued here.
    """

    def __init__(self, redis: Redis, routes: Mapping[JobKind, JobRoute]) -> None:
        self._redis = redis
        self._routes = routes

    def enqueue(self, request: JobRequest) -> Job:
        """Queue a job, or return a waiting one of the same kind, project and arguments."""
        with _redis_answers():
            limit = RateLimit(f"{request.kind}:{request.project_id}", concurrency=1)
            with self._lock(limit.key):
                return describe(self._waiting(limit, request) or self._add(request, limit))

    def get(self, job_id: str) -> Job:
        """Return one job."""
        with _redis_answers():
            return describe(self._fetch(job_id))

    def page(self, *, project_id: str | None, kind: JobKind | None, limit: int) -> list[Job]:
        """List the newest jobs."""
        listing = _listing(project_id, kind)
        found: list[Job] = []
        with _redis_answers():
            for start in range(0, self._redis.zcard(listing), LISTING_CHUNK):
                ids = cast(list[bytes], self._redis.zrevrange(listing, start, start + LISTING_CHUNK - 1))
                found += [describe(job) for job in self._fetch_many([job_id.decode() for job_id in ids])]
                if len(found) >= limit:
                    break
        return found[:limit]

    def cancel(self, job_id: str) -> Job:
        """Cancel a waiting job, or ask the worker of a running one to stop it, which takes a moment."""
        with _redis_answers():
            job = self._fetch(job_id)
            try:
                if job.get_status() is JobStatus.STARTED:
                    send_stop_job_command(self._redis, job_id, serializer=JSONSerializer)
                elif describe(job).state is JobState.QUEUED:
                    job.cancel()
                    self._redis.expire(job.key, FINISHED_KEPT)
            except InvalidJobOperation:  # it ended or was cancelled just now
                pass
            return describe(self._fetch(job_id))

    def ping(self) -> None:
        """Let Redis store something: a Redis that is full still answers a plain ping."""
        with _redis_answers():
            self._redis.set("margin:ping", 1, ex=PING_SECONDS)

    def _lock(self, key: str) -> Lock:
        return Lock(
            self._redis,
            f"margin:lock:{key}",
            timeout=LOCK_SECONDS,
            blocking_timeout=LOCK_WAIT_SECONDS,
            sleep=LOCK_POLL_SECONDS,
            raise_on_release_error=False,
        )

    def _waiting(self, limit: RateLimit, request: JobRequest) -> RqJob | None:
        """Return a waiting job that does the same, if any; a ranking by another strategy is not the same."""
        registry = RateLimitRegistry(limit.key, self._redis)
        ids = registry.get_rate_limited_job_ids() + registry.get_allowed_job_ids()
        waiting = (job for job in self._fetch_many(ids) if _does_the_same(job, request))
        return next(waiting, None)

    def _add(self, request: JobRequest, limit: RateLimit) -> RqJob:
        route = self._routes[request.kind]
        job = Queue(route.queue, connection=self._redis, serializer=JSONSerializer).enqueue(
            f"{FUNCTIONS}.{request.kind}",
            args=(request.project_id,),
            kwargs=request.arguments,
            job_timeout=route.timeout_seconds,
            result_ttl=int(FINISHED_KEPT.total_seconds()),
            failure_ttl=int(FAILED_KEPT.total_seconds()),
            retry=Retry(max=CRASH_RETRIES, enqueue_at_front=True),
            meta=new_meta(request),
            rate_limit=limit,
        )
        self._list(job, request)
        return job

    def _list(self, job: RqJob, request: JobRequest) -> None:
        now = job.created_at.timestamp()
        with self._redis.pipeline() as pipeline:
            for project_id in (None, request.project_id):
                for kind in (None, request.kind):
                    listing = _listing(project_id, kind)
                    pipeline.zadd(listing, {job.id: now})
                    pipeline.zremrangebyscore(listing, 0, now - LISTED.total_seconds())
                    pipeline.expire(listing, LISTED)
            pipeline.execute()

    def _fetch(self, job_id: str) -> RqJob:
        try:
            job = RqJob.fetch(job_id, connection=self._redis, serializer=JSONSerializer)
        except (NoSuchJobError, ValueError) as error:  # ValueError: not in the form of an id
            raise NotFound("job", job_id) from error
        if not is_ours(job):
            raise NotFound("job", job_id)
        return job

    def _fetch_many(self, job_ids: Sequence[str]) -> list[RqJob]:
        jobs = RqJob.fetch_many(job_ids, connection=self._redis, serializer=JSONSerializer)
        return [job for job in jobs if job is not None and is_ours(job)]


def _does_the_same(job: RqJob, request: JobRequest) -> bool:
    return describe(job).state is JobState.QUEUED and job.kwargs == request.arguments


def _listing(project_id: str | None, kind: JobKind | None) -> str:
    return f"margin:jobs:{kind or '*'}:{project_id or '*'}"


@contextmanager
def _redis_answers() -> Iterator[None]:
    try:
        yield
    except (exceptions.ConnectionError, exceptions.TimeoutError, exceptions.LockError) as error:
        raise QueueUnavailable(f"the job queue does not answer: {error}") from error
    except exceptions.ResponseError as error:  # out of memory, a full disk, a replica
        raise QueueUnavailable(f"the job queue refuses to store anything: {error}") from error
