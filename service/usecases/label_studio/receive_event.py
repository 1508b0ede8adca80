"""Handles events of Label Studio's webhook: stores them first, so that the request can be answered at once."""

import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from service.domain.job import JobKind, JobRequest
from service.domain.projects.jobs_after_change import prepare_job
from service.domain.projects.project import Project
from service.label_studio.events import (
    AnnotationsChanged,
    AnnotationsDeleted,
    LabelStudioEvent,
    StartTraining,
    TasksCreated,
    TasksDeleted,
)
from service.label_studio.link import MirroredProject
from service.ports import AnnotationStore, ImageStore, JobQueue
from service.usecases.jobs.enqueue_when_possible import enqueue_when_possible
from service.usecases.label_studio.mirror_project import LabelStudioProjects
from service.usecases.label_studio.store_annotations import LABEL_STUDIO_ORIGIN, LabelStudioAnnotations
from service.usecases.training.queue_retrainings import QueueRetrainings

logger = logging.getLogger(__name__)

# Label Studio never uses an id again, so a deleted annotation stays deleted, even if its clock is ahead of ours.
FOR_EVER = datetime(9000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class StoredEvent:
    """A stored event, with the jobs to queue after its request was answered."""

    project: Project
    jobs: tuple[JobKind, ...] = ()
    consider_retraining: bool = False


class ReceiveEvent:
    """Stores an event; jobs are queued after the answer, since Redis may be slow or down."""

    def __init__(
        self,
        *,
        label_studio_projects: LabelStudioProjects,
        label_studio_annotations: LabelStudioAnnotations,
        images: ImageStore,
        annotations: AnnotationStore,
        retraining: QueueRetrainings,
        queue: JobQueue,
    ) -> None:
        self._projects = label_studio_projects
        self._label_studio_annotations = label_studio_annotations
        self._images = images
        self._annotations = annotations
        self._retraining = retraining
        self._queue = queue

    def store(self, event: LabelStudioEvent) -> StoredEvent | None:
        """Store an event; returns None if it belongs to no project. Raises: InvalidLabelConfig, StorageUnavailable."""
        if event.project is None:
            return None
        mirrored, changed = self._projects.mirror(
            event.project.key, event.project.label_config, title=event.project.title
        )
        stored = self._store(mirrored, event)
        if changed and JobKind.RECONCILE not in stored.jobs:
            return replace(stored, jobs=(*stored.jobs, JobKind.RECONCILE))
        return stored

    def follow_up(self, stored: StoredEvent) -> None:
        """Queue the jobs of the event. If one cannot be queued now, the next sweep or reconciliation finds the work."""
        for kind in stored.jobs:
            if enqueue_when_possible(self._queue, JobRequest(kind=kind, project_id=stored.project.id)) is None:
                return
        if stored.consider_retraining:
            self._retraining.queue_if_due(stored.project)

    def _store(self, mirrored: MirroredProject, event: LabelStudioEvent) -> StoredEvent:
        project = mirrored.project
        match event:
            case AnnotationsChanged():
                stored = self._put(mirrored, event)
                # An annotation whose task was not sent is read from Label Studio's own list.
                jobs = () if stored == len(event.annotations) else (JobKind.RECONCILE,)
                return StoredEvent(project=project, jobs=jobs, consider_retraining=True)
            case AnnotationsDeleted():
                external_ids = [str(annotation_id) for annotation_id in event.annotation_ids]
                self._annotations.delete(project.id, origin=LABEL_STUDIO_ORIGIN, external_ids=external_ids, at=FOR_EVER)
                return StoredEvent(project=project, consider_retraining=True)
            case TasksCreated():
                tasks = [(task.id, task.data) for task in event.tasks]
                self._label_studio_annotations.add_tasks(mirrored, tasks)
                # Annotations inside the import have no event of their own.
                return StoredEvent(project=project, jobs=(JobKind.RECONCILE, prepare_job(project)))
            case TasksDeleted():
                self._images.remove_tasks(project.id, event.task_ids)
            case StartTraining():
                # It may arrive before the annotation that caused it, which is in Label Studio's own list.
                return StoredEvent(project=project, jobs=(JobKind.RECONCILE, JobKind.TRAIN))
        return StoredEvent(project=project)

    def _put(self, mirrored: MirroredProject, event: AnnotationsChanged) -> int:
        """Store the annotations; returns how many had a task with an address."""
        stored = 0
        tasks = [(task.id, task.data) for task in event.tasks]
        sources = self._label_studio_annotations.add_tasks(mirrored, tasks)
        for annotation in event.annotations:
            source = sources.get(annotation.task_id)
            if source is None:
                logger.warning(
                    "annotation %d of %s: task %d has no address under %r",
                    annotation.id,
                    mirrored.project.id,
                    annotation.task_id,
                    mirrored.control.image_key,
                )
                continue
            self._label_studio_annotations.put(mirrored, annotation, source)
            stored += 1
        return stored
