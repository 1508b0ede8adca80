"""Tells the experiment tracker of a version, after all that anybody waits for is done."""

import logging

from service.domain.errors import TrackingFailed
from service.domain.project import Project
from service.ports import ExperimentTracker, VersionStore

logger = logging.getLogger(__name__)


class TrackVersion:
    """Records saved versions; a tracker that is away costs no version."""

    def __init__(self, *, versions: VersionStore, tracker: ExperimentTracker) -> None:
        self._versions = versions
        self._tracker = tracker

    def track(self, project: Project, number: int) -> None:
        """What could not be recorded is said in the log."""
        try:
            self._tracker.record(project, self._versions.get(project.id, number))
        except TrackingFailed as error:
            logger.warning("version %d of %s is not tracked: %s", number, project.id, error)
