"""Iterates over all projects, page by page."""

from collections.abc import Iterator

from service.domain.projects.project import Project
from service.ports import ProjectStore

PROJECTS_PER_PAGE = 200


def every_project(projects: ProjectStore) -> Iterator[Project]:
    """Yield every project, in order of id."""
    after: str | None = None
    while page := projects.page(after=after, limit=PROJECTS_PER_PAGE):
        yield from page
        after = page[-1].id


def linked_projects(projects: ProjectStore) -> Iterator[Project]:
    """Yield every project that mirrors a Label Studio project."""
    return (project for project in every_project(projects) if project.label_studio is not None)
