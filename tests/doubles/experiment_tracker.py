"""A double that keeps what was recorded, and fails when told to."""

from service.domain.errors import TrackingFailed
from service.domain.projects.project import Project
from service.domain.training.version import Version


class InMemoryExperimentTracker:
    """Recorded versions in a list."""

    def __init__(self) -> None:
        self.recorded: list[tuple[Project, Version]] = []
        self.available = True

    def record(self, project: Project, version: Version) -> None:
        """Raises: TrackingFailed: while it is not available."""
        if not self.available:
            raise TrackingFailed("the tracker is away")
        self.recorded.append((project, version))
