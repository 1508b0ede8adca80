"""In-memory double of the project store."""

from collections.abc import Callable
from dataclasses import replace

from service.domain.errors import AlreadyExists, NotFound
from service.domain.projects.project import Project


class InMemoryProjectStore:
    """Keeps projects in a dictionary; `forget` is called with the id of each deleted project."""

    def __init__(self, forget: Callable[[str], None] = lambda _project_id: None) -> None:
        self._forget = forget
        self._projects: dict[str, Project] = {}

    def add(self, project: Project) -> None:
        if project.id in self._projects:
            raise AlreadyExists(f"a project {project.id!r} is there already")
        self._require_free_key(project)
        self._projects[project.id] = project

    def get(self, project_id: str) -> Project:
        if project_id not in self._projects:
            raise NotFound("project", project_id)
        return self._projects[project_id]

    def find_by_label_studio_key(self, key: str) -> Project | None:
        linked = (p for p in self._projects.values() if p.label_studio and p.label_studio.key == key)
        return next(linked, None)

    def page(self, *, after: str | None, limit: int) -> list[Project]:
        ids = sorted(i for i in self._projects if after is None or i > after)
        return [self._projects[i] for i in ids[:limit]]

    def update(self, project: Project) -> None:
        known = self.get(project.id)
        self._require_free_key(project)
        self._projects[project.id] = replace(project, current_version=known.current_version)

    def set_current_version(self, project_id: str, number: int, *, encoder: str | None = None) -> None:
        known = self.get(project_id)
        self._projects[project_id] = replace(known, current_version=number, encoder=encoder or known.encoder)

    def delete(self, project_id: str) -> None:
        self.get(project_id)
        del self._projects[project_id]
        self._forget(project_id)

    def _require_free_key(self, project: Project) -> None:
        if project.label_studio is None:
            return
        holder = self.find_by_label_studio_key(project.label_studio.key)
        if holder is not None and holder.id != project.id:
            raise AlreadyExists(f"Label Studio's project {project.label_studio.key} belongs to {holder.id!r} already")
