"""In-memory double of the job queue; a test acts as the worker by calling `start`, `finish` and `fail`."""

import threading
from dataclasses import replace
from typing import Any

from service.domain.errors import NotFound, QueueUnavailable
from service.domain.job import Job, JobKind, JobRequest, JobState
from service.ports import Clock


class InMemoryJobQueue:
    """Keeps jobs in a dictionary; a job starts and ends only when the test says so."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self.requests: dict[str, JobRequest] = {}
        self.available = True

    def enqueue(self, request: JobRequest) -> Job:
        """Queue a job, or return a waiting job of the same kind, project and arguments."""
        self.ping()
        with self._lock:
            return self._waiting(request) or self._add(request)

    def get(self, job_id: str) -> Job:
        """Return one job."""
        self.ping()
        if job_id not in self._jobs:
            raise NotFound("job", job_id)
        return self._jobs[job_id]

    def page(self, *, project_id: str | None, kind: JobKind | None, limit: int) -> list[Job]:
        """List the newest jobs."""
        self.ping()
        wanted = [
            job
            for job in reversed(self._jobs.values())
            if project_id in {None, job.project_id} and kind in {None, job.kind}
        ]
        return wanted[:limit]

    def cancel(self, job_id: str) -> Job:
        """Cancel a job that has not ended."""
        job = self.get(job_id)
        if job.state in {JobState.QUEUED, JobState.RUNNING}:
            self._jobs[job_id] = replace(job, state=JobState.CANCELLED, ended_at=self._clock())
        return self._jobs[job_id]

    def ping(self) -> None:
        """Fail while the test has made the queue unavailable."""
        if not self.available:
            raise QueueUnavailable("the job queue does not answer: the test says so")

    def start(self, job_id: str) -> None:
        """Act as the worker that takes the job."""
        self._jobs[job_id] = replace(self.get(job_id), state=JobState.RUNNING, started_at=self._clock())

    def finish(self, job_id: str, result: dict[str, Any] | None = None) -> None:
        """Act as the worker whose job is done."""
        self._end(job_id, state=JobState.FINISHED, progress=1.0, result=result)

    def fail(self, job_id: str, error: str) -> None:
        """Act as the worker whose job failed."""
        self._end(job_id, state=JobState.FAILED, error=error)

    def _end(self, job_id: str, **outcome: Any) -> None:
        self._jobs[job_id] = replace(self.get(job_id), ended_at=self._clock(), **outcome)

    def _waiting(self, request: JobRequest) -> Job | None:
        same = self.page(project_id=request.project_id, kind=request.kind, limit=len(self._jobs))
        return next((job for job in same if job.state is JobState.QUEUED and self.requests[job.id] == request), None)

    def _add(self, request: JobRequest) -> Job:
        job = Job(
            id=f"job-{len(self._jobs) + 1}",
            kind=request.kind,
            project_id=request.project_id,
            state=JobState.QUEUED,
            progress=0.0,
            message=None,
            error=None,
            result=None,
            created_at=self._clock(),
            started_at=None,
            ended_at=None,
        )
        self._jobs[job.id] = job
        self.requests[job.id] = request
        return job
