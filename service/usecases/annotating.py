"""Records what people decided over plain HTTP."""

import hashlib

from service.domain.annotation import Annotation, AnnotationState
from service.domain.errors import InvalidInput, UnknownLabel
from service.domain.project import Project
from service.ports import AnnotationStore, Clock, ImageStore, Recorded

HTTP_ORIGIN = "http"


class Annotating:
    """Stores one person's label for one image; the same person's next label replaces it."""

    def __init__(self, *, images: ImageStore, annotations: AnnotationStore, clock: Clock) -> None:
        self._images = images
        self._annotations = annotations
        self._clock = clock

    def annotate(self, project: Project, image_id: str, *, labels: tuple[str, ...], annotator: str) -> Recorded:
        """Args: labels: one, or several in a multi-label project; none means the person skipped the image.

        Raises: NotFound: no such image; UnknownLabel; InvalidInput: several labels where one is wanted.
        """
        self._images.get(project.id, image_id)
        check_labels(project, labels)
        return self._annotations.put(
            Annotation(
                project_id=project.id,
                origin=HTTP_ORIGIN,
                external_id=hashlib.sha256(f"{annotator}\n{image_id}".encode()).hexdigest(),
                annotator=annotator,
                labels=labels,
                state=AnnotationState.USABLE if labels else AnnotationState.SKIPPED,
                updated_at=self._clock(),
                image_id=image_id,
            )
        )


def check_labels(project: Project, labels: tuple[str, ...]) -> None:
    """Raises: UnknownLabel; InvalidInput: several labels where one is wanted, or one twice."""
    for label in labels:
        if label not in project.active_labels:
            raise UnknownLabel(label, project.active_labels)
    if len(labels) > 1 and not project.multi_label:
        raise InvalidInput(f"one label is wanted, {len(labels)} came: {', '.join(labels)}")
    if len(set(labels)) < len(labels):
        raise InvalidInput(f"a label came twice: {', '.join(labels)}")
