"""What routes receive: the application, and the project that a path names."""

from dataclasses import dataclass
from typing import Annotated

import anyio
from fastapi import Depends, Path, Query, Request

from service.bootstrap.application import Application
from service.domain.project import Project


async def get_application(request: Request) -> Application:
    """The application that this process serves; async, so that no request waits for a thread to be told."""
    application: Application = request.app.state.application
    return application


@dataclass(frozen=True, kw_only=True)
class Threads:
    """Threads of their own: annotations must not wait for predictions, nor anything for images that hang."""

    webhooks: anyio.CapacityLimiter
    predictions: anyio.CapacityLimiter


async def get_threads(request: Request) -> Threads:
    """The limits of this process."""
    threads: Threads = request.app.state.threads
    return threads


ThreadsDependency = Annotated[Threads, Depends(get_threads)]
ApplicationDependency = Annotated[Application, Depends(get_application)]


def get_project(project: str, application: ApplicationDependency) -> Project:
    """Raises: NotFound."""
    return application.adapters.projects.get(project)


ProjectDependency = Annotated[Project, Depends(get_project)]
# What the database counts with.
LARGEST_NUMBER = 2**31 - 1

# PostgreSQL keeps every character but this one.
WITHOUT_NUL = r"^[^\x00]*$"

VersionNumber = Annotated[int, Path(ge=1, le=LARGEST_NUMBER)]
Limit = Annotated[int, Query(ge=1, le=1000, description="Most entries of one page")]
