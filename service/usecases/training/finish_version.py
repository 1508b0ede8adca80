"""Finishes a training: saves the candidate as a version, makes it current if it was promoted, and tracks it."""

import logging

from ml.classifier.saved_version import pack
from ml.evaluation.promotion import PromotionDecision
from service.domain.artifact_keys import version_key
from service.domain.errors import TrackingFailed
from service.domain.job import Job, JobKind, JobRequest
from service.domain.projects.project import Project
from service.domain.training.version import Version
from service.ports import ArtifactStore, Clock, ExperimentTracker, JobQueue, ProjectStore, VersionStore
from service.usecases.training.train_candidate import Candidate

logger = logging.getLogger(__name__)


class FinishVersion:
    """Saves a candidate permanently as a numbered version, whether it is promoted or not."""

    def __init__(
        self,
        *,
        projects: ProjectStore,
        versions: VersionStore,
        artifacts: ArtifactStore,
        queue: JobQueue,
        tracker: ExperimentTracker | None,
        clock: Clock,
    ) -> None:
        self._projects = projects
        self._versions = versions
        self._artifacts = artifacts
        self._queue = queue
        self._tracker = tracker
        self._clock = clock

    def finish(
        self,
        project: Project,
        candidate: Candidate,
        decision: PromotionDecision,
        *,
        annotations: int,
        number: int | None = None,
        encoder: str | None = None,
    ) -> Version:
        """Save the version, promote it if so decided, and finally record it with the experiment tracker.

        Args: number: reserved for it before; the next one if None. encoder: the project's new encoder, if it was made
            for this version; None does not change the project's, which may have been changed meanwhile.
        """
        number = self._versions.next_number(project.id) if number is None else number
        version = self._save(project, candidate, decision, number, annotations)
        if version.promoted:
            make_current(self._projects, self._queue, project.id, number, encoder=encoder)
        self._track(project, version)
        return version

    def _save(
        self, project: Project, candidate: Candidate, decision: PromotionDecision, number: int, annotations: int
    ) -> Version:
        """Write all files of the version, then list it; a crash in between leaves only unused files."""
        classifier, evaluation = candidate.classifier, candidate.evaluation
        for file, content in pack(classifier, {"project": project.id, "version": number}).items():
            self._artifacts.put(version_key(project.id, number, file), content)
        version = Version(
            project_id=project.id,
            number=number,
            created_at=self._clock(),
            labels=classifier.labels,
            head=classifier.head_name,
            encoder_key=classifier.encoder.key,
            annotations=annotations,
            promoted=decision.promoted,
            reasons=(*decision.reasons, *candidate.notes),
            evaluation=None if evaluation is None else evaluation.as_json(),
        )
        self._versions.add(version)
        logger.info("version %d of %s: %s", number, project.id, "; ".join(version.reasons))
        return version

    def _track(self, project: Project, version: Version) -> None:
        """Record the version with the experiment tracker; if that fails, the version is still complete."""
        if self._tracker is None:
            return
        try:
            self._tracker.record(project, version)
        except TrackingFailed as error:
            logger.warning("version %d of %s is not tracked: %s", version.number, project.id, error)


def make_current(
    projects: ProjectStore, queue: JobQueue, project_id: str, number: int, *, encoder: str | None = None
) -> Job:
    """Make a version current, and its encoder the project's unless it is None. Returns: the job that ranks the pool."""
    projects.set_current_version(project_id, number, encoder=encoder)
    return queue.enqueue(JobRequest(kind=JobKind.RANK, project_id=project_id))
