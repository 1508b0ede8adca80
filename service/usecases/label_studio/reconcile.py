"""The reconcile job: reads Label Studio's own list of tasks and annotations, so that missed events are not lost."""

import logging
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from service.domain.job import JobKind, JobRequest, Progress
from service.domain.label_studio import LabelStudioTask
from service.domain.projects.project import LabelStudioLink
from service.label_studio.link import MirroredProject, mirrored_project, require_same_project
from service.ports import AnnotationStore, ImageStore, JobQueue, LabelStudio, ProjectStore
from service.usecases.label_studio.connection import repair_connection
from service.usecases.label_studio.store_annotations import LABEL_STUDIO_ORIGIN, LabelStudioAnnotations
from service.usecases.training.queue_retrainings import QueueRetrainings

logger = logging.getLogger(__name__)

TASKS_PER_CHUNK = 500


class Reconcile:
    """Brings our tasks and annotations in line with Label Studio's, and repairs its webhook and its task order."""

    def __init__(
        self,
        *,
        projects: ProjectStore,
        images: ImageStore,
        annotations: AnnotationStore,
        label_studio_annotations: LabelStudioAnnotations,
        retraining: QueueRetrainings,
        connect: Callable[[LabelStudioLink], LabelStudio],
        queue: JobQueue,
        basic_auth_header: str | None,
        order: bool,
    ) -> None:
        self._projects = projects
        self._images = images
        self._annotations = annotations
        self._label_studio_annotations = label_studio_annotations
        self._retraining = retraining
        self._connect = connect
        self._queue = queue
        self._basic_auth_header = basic_auth_header
        self._order = order

    def reconcile(self, project_id: str, *, progress: Progress) -> dict[str, Any]:
        """Reconcile one project.

        Returns: number of tasks, of changed and of removed annotations, and the repairs of the connection.
        Raises: LabelStudioError.
        """
        project = self._projects.get(project_id)
        if project.label_studio is None:
            return {"tasks": 0, "changed": 0, "removed": 0, "repaired": []}
        label_studio = self._connect(project.label_studio)
        require_same_project(label_studio.project(project.label_studio.project_id), project.label_studio)
        mirrored = mirrored_project(project)
        # Read first: what arrives by webhook while the list is read must not count as deleted.
        known_annotations = self._annotations.external_ids(project_id, origin=LABEL_STUDIO_ORIGIN)
        known_tasks = self._images.task_ids(project_id)
        seen_tasks, seen_annotations, changed = self._take_in(mirrored, label_studio, progress)
        gone = sorted(known_annotations - seen_annotations)
        # Tasks first: annotations of a deleted task then do not become missing, and are still trained on.
        self._images.remove_tasks(project_id, sorted(known_tasks - seen_tasks))
        removed = self._annotations.mark_missing(project_id, origin=LABEL_STUDIO_ORIGIN, external_ids=gone)
        repaired = self._repair(mirrored, label_studio)
        self._queue.enqueue(JobRequest(kind=JobKind.EMBED, project_id=project_id))
        self._retraining.queue_if_due(project)
        return {"tasks": len(seen_tasks), "changed": changed, "removed": removed, "repaired": repaired}

    def _take_in(
        self, mirrored: MirroredProject, label_studio: LabelStudio, progress: Progress
    ) -> tuple[set[int], set[str], int]:
        seen_tasks: set[int] = set()
        seen_annotations: set[str] = set()
        changed = 0
        for tasks in _chunks(label_studio.tasks(mirrored.link.project_id)):
            changed += self._put(mirrored, tasks)
            seen_tasks.update(task.id for task in tasks)
            seen_annotations.update(str(annotation.id) for task in tasks for annotation in task.annotations)
            progress(0.5, f"{len(seen_tasks)} tasks read, {changed} annotations changed")
        return seen_tasks, seen_annotations, changed

    def _put(self, mirrored: MirroredProject, tasks: list[LabelStudioTask]) -> int:
        sources = self._label_studio_annotations.add_tasks(mirrored, [(task.id, task.data) for task in tasks])
        return sum(
            self._label_studio_annotations.put(mirrored, annotation, sources[task.id])
            for task in tasks
            for annotation in task.annotations
            if task.id in sources
        )

    def _repair(self, mirrored: MirroredProject, label_studio: LabelStudio) -> list[str]:
        project = mirrored.project
        repaired = repair_connection(
            label_studio,
            mirrored.link.project_id,
            version_name=project.version_name(project.current_version),
            basic_auth_header=self._basic_auth_header,
            order=self._order,
        )
        for sentence in repaired:
            logger.warning("Label Studio project %d: %s", mirrored.link.project_id, sentence)
        return repaired


def _chunks(tasks: Iterator[LabelStudioTask]) -> Iterator[list[LabelStudioTask]]:
    while chunk := list(islice(tasks, TASKS_PER_CHUNK)):
        yield chunk
