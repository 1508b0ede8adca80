"""In-memory double of the version store."""

from collections import defaultdict

from service.domain.errors import AlreadyExists, NotFound
from service.domain.training.version import Version


class InMemoryVersionStore:
    """Keeps versions in a dictionary; every project id is assumed to exist."""

    def __init__(self) -> None:
        self._versions: dict[tuple[str, int], Version] = {}
        self._last_number: dict[str, int] = defaultdict(int)

    def next_number(self, project_id: str) -> int:
        self._last_number[project_id] += 1
        return self._last_number[project_id]

    def add(self, version: Version) -> None:
        key = (version.project_id, version.number)
        if key in self._versions:
            raise AlreadyExists(f"version {version.number} of project {version.project_id!r} is there already")
        self._versions[key] = version

    def get(self, project_id: str, number: int) -> Version:
        if (project_id, number) not in self._versions:
            raise NotFound("version", number)
        return self._versions[project_id, number]

    def page(self, project_id: str, *, before: int | None, limit: int) -> list[Version]:
        found = [v for v in self._versions.values() if v.project_id == project_id]
        older = [v for v in found if before is None or v.number < before]
        return sorted(older, key=lambda v: -v.number)[:limit]

    def forget_project(self, project_id: str) -> None:
        """Delete the project's rows, as the database does when a project is deleted."""
        self._versions = {key: version for key, version in self._versions.items() if key[0] != project_id}
        self._last_number.pop(project_id, None)
