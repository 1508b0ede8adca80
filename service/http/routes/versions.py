"""Versions of a project: train, list, promote, roll back."""

from typing import Annotated

from fastapi import APIRouter, Query, status
from pydantic import BaseModel

from service.api.job import JobView
from service.api.version import VersionView
from service.domain.job import JobKind, JobRequest
from service.http.dependencies import (
    LARGEST_NUMBER,
    Limit,
    ProjectDependency,
    QueueDependency,
    TrainingUseCasesDependency,
    VersionNumber,
)

router = APIRouter(prefix="/v1/projects/{project}/versions", tags=["versions"])


class VersionPage(BaseModel):
    """Versions, newest first; `next` is the cursor of the next page."""

    versions: list[VersionView]
    next: int | None


@router.post("", status_code=status.HTTP_202_ACCEPTED)
def train(project: ProjectDependency, queue: QueueDependency) -> JobView:
    """Queue a training, or return the one that waits already."""
    return JobView.from_job(queue.enqueue(JobRequest(kind=JobKind.TRAIN, project_id=project.id)))


@router.get("")
def list_versions(
    project: ProjectDependency,
    training: TrainingUseCasesDependency,
    before: Annotated[int | None, Query(ge=0, le=LARGEST_NUMBER, description="`next` of the page before")] = None,
    limit: Limit = 100,
) -> VersionPage:
    """List versions with their main metrics."""
    page = training.store.page(project.id, before=before, limit=limit)
    return VersionPage(
        versions=[VersionView.from_version(version, project, whole=False) for version in page],
        next=page[-1].number if len(page) == limit else None,
    )


@router.get("/{version}")
def get_version(
    project: ProjectDependency, version: VersionNumber, training: TrainingUseCasesDependency
) -> VersionView:
    """Return one version with its full evaluation."""
    return VersionView.from_version(training.store.get(project.id, version), project, whole=True)


@router.post("/{version}/promote", status_code=status.HTTP_202_ACCEPTED)
def promote(project: ProjectDependency, version: VersionNumber, training: TrainingUseCasesDependency) -> JobView:
    """Make a newer or older version the current one; the job ranks the pool with it."""
    return JobView.from_job(training.promote_version.promote(project, version))
