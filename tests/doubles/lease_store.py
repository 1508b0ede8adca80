"""In-memory double of the lease store."""

from collections.abc import Sequence
from datetime import datetime

from service.domain.ranking.lease import Lease
from service.ports import ImageStore


class InMemoryLeaseStore:
    """Keeps leases in a dictionary, for one thread; every project id is assumed to exist. `images` knows the pool."""

    def __init__(self, images: ImageStore) -> None:
        self._images = images
        self._leases: dict[tuple[str, str], Lease] = {}

    def held(self, project_id: str, *, at: datetime) -> list[Lease]:
        pool = set(self._images.pool(project_id))
        of_project = [lease for (project, _), lease in sorted(self._leases.items()) if project == project_id]
        return [lease for lease in of_project if lease.until > at and lease.image_id in pool]

    def take(
        self, project_id: str, image_ids: Sequence[str], *, annotator: str, most: int, at: datetime, until: datetime
    ) -> list[Lease]:
        held = self.held(project_id, at=at)
        self.forget_project(project_id)
        self._save(project_id, held)
        of_others = {lease.image_id for lease in held if lease.annotator != annotator}
        free = set(self._images.pool(project_id)) - of_others
        wanted = [image_id for image_id in dict.fromkeys(image_ids) if image_id in free]
        taken = [Lease(image_id=image_id, annotator=annotator, until=until) for image_id in wanted[:most]]
        self._save(project_id, taken)
        return taken

    def give_back(self, project_id: str, *, annotator: str) -> None:
        others = {
            key: lease for key, lease in self._leases.items() if (key[0], lease.annotator) != (project_id, annotator)
        }
        self._leases = others

    def forget_project(self, project_id: str) -> None:
        """Delete the project's rows, as the database does when a project is deleted."""
        self._leases = {key: lease for key, lease in self._leases.items() if key[0] != project_id}

    def _save(self, project_id: str, leases: Sequence[Lease]) -> None:
        self._leases |= {(project_id, lease.image_id): lease for lease in leases}
