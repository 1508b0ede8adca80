"""The functions that RQ runs, one per job kind: a queued training names `workers.jobs.train`."""

from functools import partial
from typing import Any

from rq import get_current_job

from service.bootstrap.job_registry import JOBS, JobFunction
from service.domain.job import JobKind, Progress
from workers.application import application
from workers.progress import RqProgress


def __getattr__(name: str) -> JobFunction:
    """Return the function of the job kind `name`. Jobs that wait in Redis name it, so kinds must keep their names."""
    try:
        return partial(run_job, JobKind(name))
    except ValueError:
        raise AttributeError(f"no job kind is called {name!r}") from None


def run_job(kind: JobKind, project_id: str, **arguments: Any) -> dict[str, Any]:
    """Call the use case of the kind. Returns: the job's result."""
    progress = _progress()
    return JOBS[kind].use_case(application())(project_id, progress=progress, **arguments)


def _progress() -> Progress:
    job = get_current_job()
    if job is None:
        raise RuntimeError("a job function was called outside a worker")
    return Progress(report=RqProgress(job))
