"""In-memory double of the experiment tracker; it can be made to fail."""

from service.domain.errors import TrackingFailed
from service.domain.projects.project import Project
from service.domain.training.version import Version


class InMemoryExperimentTracker:
    """Keeps recorded versions in a list."""

    def __init__(self) -> None:
        self.recorded: list[tuple[Project, Version]] = []
        self.available = True

    def record(self, project: Project, version: Version) -> None:
        """Record one version. Raises: TrackingFailed: while `available` is False."""
        if not self.available:
            raise TrackingFailed("the tracker is away")
        self.recorded.append((project, version))
