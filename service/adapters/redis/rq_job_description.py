"""Translates an RQ job into our `Job`."""

import re
from typing import Any

from rq.job import Job as RqJob
from rq.job import JobStatus

from service.domain.job import Job, JobKind, JobRequest, JobState

STATES = {
    JobStatus.CREATED: JobState.QUEUED,
    JobStatus.QUEUED: JobState.QUEUED,
    JobStatus.RATE_LIMITED: JobState.QUEUED,
    JobStatus.DEFERRED: JobState.QUEUED,
    JobStatus.SCHEDULED: JobState.QUEUED,
    JobStatus.READY_TO_ENQUEUE: JobState.QUEUED,
    JobStatus.STARTED: JobState.RUNNING,
    JobStatus.FINISHED: JobState.FINISHED,
    JobStatus.FAILED: JobState.FAILED,
    JobStatus.STOPPED: JobState.CANCELLED,
    JobStatus.CANCELED: JobState.CANCELLED,
}
TRACEBACK_START = "Traceback (most recent call last):\n"
MODULE_PREFIX = re.compile(r"^(?:\w+\.)+(?=\w+(?::|$))")


def new_meta(request: JobRequest) -> dict[str, Any]:
    """Make the metadata of an RQ job, so that it can be described without reading its arguments."""
    return {"kind": str(request.kind), "project_id": request.project_id, "progress": 0.0, "message": None}


def is_ours(job: RqJob) -> bool:
    """Report whether the job was queued by `RqJobQueue`."""
    return "kind" in job.meta


def describe(job: RqJob) -> Job:
    """Translate an RQ job into our `Job`; asks Redis for the result if there can be one."""
    state = STATES[job.get_status(refresh=False)]
    return Job(
        id=job.id,
        kind=JobKind(job.meta["kind"]),
        project_id=job.meta["project_id"],
        state=state,
        progress=1.0 if state is JobState.FINISHED else float(job.meta["progress"]),
        message=job.meta["message"],
        error=_error(job) if state is JobState.FAILED else None,
        result=job.return_value() if state is JobState.FINISHED else None,
        created_at=job.created_at,
        started_at=job.started_at,
        ended_at=None if state in {JobState.QUEUED, JobState.RUNNING} else job.ended_at,
    )


def error_line(exception_text: str) -> str:
    """Return the line that names the error, from a traceback or from a sentence by RQ.

    >>> error_line("Traceback (most recent call last):\\n  File ...\\nservice.domain.errors.NotReady: no labels yet\\n")
    'NotReady: no labels yet'
    """
    last_exception = exception_text.rpartition(TRACEBACK_START)[2]
    lines = (line for line in last_exception.splitlines() if line and not line.startswith(" "))
    return MODULE_PREFIX.sub("", next(lines, "it failed without a message")).strip("; ")


def _error(job: RqJob) -> str:
    result = job.latest_result()
    return error_line(result.exc_string or "" if result else "")
