"""Records versions nowhere: nobody asked for experiment tracking."""

from service.domain.project import Project
from service.domain.version import Version


class NoTracker:
    """Implements the port ExperimentTracker by doing nothing."""

    def record(self, project: Project, version: Version) -> None:
        """Forget it."""
