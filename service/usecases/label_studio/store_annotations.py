"""Stores Label Studio's tasks as sources, and its annotations as our annotations."""

from collections.abc import Mapping, Sequence
from typing import Any

from service.domain.annotations.annotation import Annotation, AnnotationState
from service.domain.images.image import NewSource, Source, SourceKind
from service.domain.label_studio import LabelStudioAnnotation
from service.label_studio.link import MirroredProject
from service.label_studio.regions import read_labels
from service.ports import AnnotationStore, ImageStore

LABEL_STUDIO_ORIGIN = "label-studio"
# Tasks per transaction: annotations have to wait until it ends.
TASKS_PER_WRITE = 1000


class LabelStudioAnnotations:
    """Writes Label Studio's tasks and annotations to the stores; nothing else does."""

    def __init__(self, *, images: ImageStore, annotations: AnnotationStore) -> None:
        self._images = images
        self._annotations = annotations

    def add_tasks(self, mirrored: MirroredProject, tasks: Sequence[tuple[int, Mapping[str, Any]]]) -> dict[int, Source]:
        """Add the tasks that show an image; a task without an address under the image key is left out.

        Args: tasks: task id and task data.
        Returns: sources by task id.
        """
        new = [
            NewSource(address=address, task_id=task_id)
            for task_id, task_data in tasks
            if isinstance(address := task_data.get(mirrored.control.image_key), str) and address
        ]
        return {
            source.task_id: source
            for start in range(0, len(new), TASKS_PER_WRITE)
            for source in self._images.add_sources(
                mirrored.project.id, SourceKind.LABEL_STUDIO, new[start : start + TASKS_PER_WRITE]
            )
            if source.task_id is not None
        }

    def put(self, mirrored: MirroredProject, annotation: LabelStudioAnnotation, source: Source) -> bool:
        """Store one annotation; returns whether anything changed.

        A skipped annotation, or one that did not use the served control, is kept but never trained on.
        """
        labels = () if annotation.was_cancelled else read_labels(mirrored.control, annotation.result) or ()
        recorded = self._annotations.put(
            Annotation(
                project_id=mirrored.project.id,
                origin=LABEL_STUDIO_ORIGIN,
                external_id=str(annotation.id),
                annotator=annotation.annotator,
                labels=labels,
                state=AnnotationState.USABLE if labels else AnnotationState.SKIPPED,
                updated_at=annotation.updated_at,
                source_id=source.id,
            )
        )
        return recorded.changed
