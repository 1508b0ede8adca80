"""Reconciliation of a project with Label Studio, on demand."""

from fastapi import APIRouter, status

from service.api.job import JobView
from service.domain.job import JobKind, JobRequest
from service.http.dependencies import ProjectDependency, QueueDependency
from service.label_studio.link import link_of

router = APIRouter(prefix="/v1/projects/{project}/reconciliations", tags=["Label Studio"])


@router.post("", status_code=status.HTTP_202_ACCEPTED)
def reconcile(project: ProjectDependency, queue: QueueDependency) -> JobView:
    """Queue a job that reads the project's tasks and annotations from Label Studio, and repairs webhook and order."""
    link_of(project)
    return JobView.from_job(queue.enqueue(JobRequest(kind=JobKind.RECONCILE, project_id=project.id)))
