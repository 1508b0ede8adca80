"""Decides when projects retrain, and queues it."""

import logging
from functools import cache

from ml.encoders.base import EncoderIdentity
from service.domain.annotations.annotation import AnnotationTally
from service.domain.errors import NotFound, QueueUnavailable
from service.domain.job import Job, JobKind, JobRequest, JobState
from service.domain.projects.jobs_after_change import jobs_of_new
from service.domain.projects.project import Project
from service.domain.projects.retraining import retraining_reason
from service.ports import AnnotationStore, Clock, JobQueue, ProjectStore, VersionStore
from service.usecases.jobs.back_off import RecentJobs, recent_jobs
from service.usecases.jobs.every_project import every_project
from service.usecases.serving.loaded_encoders import LoadedEncoders

logger = logging.getLogger(__name__)


class Retraining:
    """Queues training where it is due; asked after each annotation and, by the scheduler, for all projects.

    What decides is in the database, so a lost queue or a restart loses no retraining.
    """

    def __init__(
        self,
        *,
        projects: ProjectStore,
        annotations: AnnotationStore,
        versions: VersionStore,
        encoders: LoadedEncoders,
        queue: JobQueue,
        clock: Clock,
    ) -> None:
        self._projects = projects
        self._annotations = annotations
        self._versions = versions
        self._encoders = encoders
        self._queue = queue
        self._clock = clock
        # The encoder's key for which each project was last queued: a training that makes no version ends this.
        self._followed: dict[str, str] = {}

    def queue_if_due(self, project: Project) -> Job | None:
        """Queue training if it is due. A queue that does not answer is left to the next sweep."""
        tally = self._annotations.tally(project.id, since_revision=self._annotations.trained_revision(project.id))
        reason = retraining_reason(project.retraining, tally, now=self._clock())
        try:
            if reason is None:
                return self._make_up_first(project)
            if self._is_held_back(project, tally):
                return None
            return self._queue.enqueue(JobRequest(kind=JobKind.TRAIN, project_id=project.id))
        except QueueUnavailable as error:
            why = reason or "its first version"
            logger.warning("retraining of %s (%s) waits for the next sweep: %s", project.id, why, error)
            return None

    def sweep(self) -> list[Job]:
        """Consider every project, also whether its encoder changed."""
        published = cache(self._encoders.published)
        considered = (
            self.queue_if_due(project) or self._follow_encoder(project, published(project.encoder))
            for project in every_project(self._projects)
        )
        return [job for job in considered if job is not None]

    def _follow_encoder(self, project: Project, identity: EncoderIdentity | None) -> Job | None:
        """Queue training where the encoder gives other embeddings under its name, as with another precision.

        Until it is retrained, the project answers nothing: its version cannot be fed with them.
        """
        if identity is None or self._key_of_current(project) in {None, identity.key}:
            return None
        try:
            if self._is_followed(project, identity):
                return None
            job = self._queue.enqueue(JobRequest(kind=JobKind.TRAIN, project_id=project.id))
        except QueueUnavailable as error:
            logger.warning("retraining of %s for its encoder waits for the next sweep: %s", project.id, error)
            return None
        self._followed[project.id] = identity.key
        return job

    def _key_of_current(self, project: Project) -> str | None:
        if project.current_version is None:
            return None
        try:
            return self._versions.get(project.id, project.current_version).encoder_key
        except NotFound:  # the project was deleted meanwhile
            return None

    def _is_followed(self, project: Project, identity: EncoderIdentity) -> bool:
        trainings = self._trainings(project)
        if trainings.is_running or trainings.must_wait:
            return True
        return not trainings.may_retry and self._followed.get(project.id) == identity.key

    def _make_up_first(self, project: Project) -> Job | None:
        """Queue a first version that needs no labels where the queue was away when the project was made."""
        if project.current_version is not None or not jobs_of_new(project):
            return None
        trainings = self._trainings(project)
        if trainings.jobs and not trainings.may_retry:
            return None
        return self._queue.enqueue(JobRequest(kind=JobKind.TRAIN, project_id=project.id))

    def _is_held_back(self, project: Project, tally: AnnotationTally) -> bool:
        """Whether these annotations, which count as new until a training has ended well, must wait.

        While one runs it may have seen them; one that failed is tried again later each time; one that somebody
        cancelled not before the next annotation.
        """
        trainings = self._trainings(project)
        if trainings.is_running:
            return True
        if trainings.jobs and trainings.jobs[0].state is JobState.CANCELLED:
            return tally.last_change is not None and trainings.jobs[0].created_at >= tally.last_change
        return trainings.must_wait

    def _trainings(self, project: Project) -> RecentJobs:
        return recent_jobs(self._queue, project.id, JobKind.TRAIN, now=self._clock())
