"""Goes through all projects, a page at a time."""

from collections.abc import Iterator

from service.domain.projects.project import Project
from service.ports import ProjectStore

PROJECTS_PER_PAGE = 200


def every_project(projects: ProjectStore) -> Iterator[Project]:
    """Every project, in order of id."""
    after: str | None = None
    while page := projects.page(after=after, limit=PROJECTS_PER_PAGE):
        yield from page
        after = page[-1].id


def linked_projects(projects: ProjectStore) -> Iterator[Project]:
    """Every project that mirrors one of Label Studio's."""
    return (project for project in every_project(projects) if project.label_studio is not None)
