"""Queues trainings automatically: after new annotations, or when the encoder changed."""

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


class QueueRetrainings:
    """Queues training if it is due: after each annotation, and regularly by the scheduler for all projects.

    The decision depends on the database alone, so a lost queue or a restart loses no retraining.
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
        # Per project, the encoder key for which training was last queued; stops queueing it again if that training
        # makes no version.
        self._queued_for: dict[str, str] = {}

    def queue_if_due(self, project: Project) -> Job | None:
        """Queue training if it is due. If the queue does not answer, the next sweep queues it."""
        tally = self._annotations.tally(project.id, since_revision=self._annotations.trained_revision(project.id))
        reason = retraining_reason(project.retraining, tally, now=self._clock())
        try:
            if reason is None:
                return self._queue_missing_first(project)
            if self._is_held_back(project, tally):
                return None
            return self._queue.enqueue(JobRequest(kind=JobKind.TRAIN, project_id=project.id))
        except QueueUnavailable as error:
            why = reason or "its first version"
            logger.warning("retraining of %s (%s) waits for the next sweep: %s", project.id, why, error)
            return None

    def sweep(self) -> list[Job]:
        """Check every project, also for a changed encoder, and return the queued jobs."""
        published = cache(self._encoders.published)
        queued = (
            self.queue_if_due(project) or self._follow_encoder(project, published(project.encoder))
            for project in every_project(self._projects)
        )
        return [job for job in queued if job is not None]

    def _follow_encoder(self, project: Project, identity: EncoderIdentity | None) -> Job | None:
        """Queue training if the encoder of this name gives other embeddings now, for example at another precision.

        Until the project is retrained it cannot answer: its version does not fit these embeddings.
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
        self._queued_for[project.id] = identity.key
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
        return not trainings.may_retry and self._queued_for.get(project.id) == identity.key

    def _queue_missing_first(self, project: Project) -> Job | None:
        """Queue a first version that needs no labels, if the queue was down when the project was created."""
        if project.current_version is not None or not jobs_of_new(project):
            return None
        trainings = self._trainings(project)
        if trainings.jobs and not trainings.may_retry:
            return None
        return self._queue.enqueue(JobRequest(kind=JobKind.TRAIN, project_id=project.id))

    def _is_held_back(self, project: Project, tally: AnnotationTally) -> bool:
        """Return whether these annotations, which count as new until a training succeeds, must wait.

        A running training may have seen them. A failed training is repeated after a growing wait; a cancelled one only
        after the next annotation.
        """
        trainings = self._trainings(project)
        if trainings.is_running:
            return True
        if trainings.jobs and trainings.jobs[0].state is JobState.CANCELLED:
            return tally.last_change is not None and trainings.jobs[0].created_at >= tally.last_change
        return trainings.must_wait

    def _trainings(self, project: Project) -> RecentJobs:
        return recent_jobs(self._queue, project.id, JobKind.TRAIN, now=self._clock())
