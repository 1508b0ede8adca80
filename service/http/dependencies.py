"""What routes receive: the application, and the project that a path names."""

from typing import Annotated

from fastapi import Depends, Path, Query, Request

from service.bootstrap import Application
from service.domain.project import Project


def get_application(request: Request) -> Application:
    """The application that this process serves."""
    application: Application = request.app.state.application
    return application


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
