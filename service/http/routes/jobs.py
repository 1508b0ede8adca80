"""Jobs: queued, running and finished ones."""

from fastapi import APIRouter
from pydantic import BaseModel

from service.api.job import JobView
from service.domain.job import JobKind
from service.http.dependencies import Limit, QueueDependency

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])


class JobList(BaseModel):
    """Jobs, newest first."""

    jobs: list[JobView]


@router.get("")
def list_jobs(
    queue: QueueDependency,
    project: str | None = None,
    kind: JobKind | None = None,
    limit: Limit = 100,
) -> JobList:
    """List jobs. Finished jobs are kept for a day, failed ones for a week."""
    jobs = queue.page(project_id=project, kind=kind, limit=limit)
    return JobList(jobs=[JobView.from_job(job) for job in jobs])


@router.get("/{job}")
def get_job(job: str, queue: QueueDependency) -> JobView:
    """Return one job."""
    return JobView.from_job(queue.get(job))


@router.delete("/{job}")
def cancel_job(job: str, queue: QueueDependency) -> JobView:
    """Cancel a waiting job or stop a running one."""
    return JobView.from_job(queue.cancel(job))
