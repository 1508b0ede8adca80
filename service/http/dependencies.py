"""Dependencies of routes: the parts of the application that they use, and the project that a path names."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

import anyio
from fastapi import Depends, Path, Query, Request

from service.bootstrap.application import Application
from service.bootstrap.groups.audit import AuditUseCases
from service.bootstrap.groups.comparison import ComparisonUseCases
from service.bootstrap.groups.images import ImageUseCases
from service.bootstrap.groups.label_studio import LabelStudioUseCases
from service.bootstrap.groups.projects import ProjectUseCases
from service.bootstrap.groups.ranking import RankingUseCases
from service.bootstrap.groups.serving import ServingUseCases
from service.bootstrap.groups.training import TrainingUseCases
from service.domain.projects.project import Project
from service.ports import JobQueue
from service.settings import Settings


def _part(read: Callable[[Application], object]) -> Callable[[Request], Awaitable[object]]:
    """Make a dependency on one part of the application; async, so that no request waits for a thread to get it."""

    async def part(request: Request) -> object:
        return read(request.app.state.application)

    return part


SettingsDependency = Annotated[Settings, Depends(_part(lambda application: application.settings))]
QueueDependency = Annotated[JobQueue, Depends(_part(lambda application: application.queue))]
ServingUseCasesDependency = Annotated[ServingUseCases, Depends(_part(lambda application: application.serving))]
ImageUseCasesDependency = Annotated[ImageUseCases, Depends(_part(lambda application: application.images))]
ProjectUseCasesDependency = Annotated[ProjectUseCases, Depends(_part(lambda application: application.projects))]
TrainingUseCasesDependency = Annotated[TrainingUseCases, Depends(_part(lambda application: application.training))]
RankingUseCasesDependency = Annotated[RankingUseCases, Depends(_part(lambda application: application.ranking))]
LabelStudioUseCasesDependency = Annotated[
    LabelStudioUseCases, Depends(_part(lambda application: application.label_studio))
]
ComparisonUseCasesDependency = Annotated[ComparisonUseCases, Depends(_part(lambda application: application.comparison))]
AuditUseCasesDependency = Annotated[AuditUseCases, Depends(_part(lambda application: application.audit))]


@dataclass(frozen=True, kw_only=True)
class Threads:
    """Thread limits for webhooks and for predictions: neither waits for the other, nor others for slow images."""

    webhooks: anyio.CapacityLimiter
    predictions: anyio.CapacityLimiter


async def get_threads(request: Request) -> Threads:
    """Return the thread limits of this process."""
    threads: Threads = request.app.state.threads
    return threads


ThreadsDependency = Annotated[Threads, Depends(get_threads)]


def get_project_of_path(project: str, projects: ProjectUseCasesDependency) -> Project:
    """Find the project that a path names.

    Raises: NotFound.
    """
    return projects.store.get(project)


ProjectDependency = Annotated[Project, Depends(get_project_of_path)]
# The largest integer that the database stores.
LARGEST_NUMBER = 2**31 - 1

# PostgreSQL stores every character except this one.
WITHOUT_NUL = r"^[^\x00]*$"

VersionNumber = Annotated[int, Path(ge=1, le=LARGEST_NUMBER)]
Limit = Annotated[int, Query(ge=1, le=1000, description="Maximum number of entries per page")]
