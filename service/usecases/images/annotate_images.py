"""Stores annotations that arrive over Margin's own HTTP API."""

import hashlib

from service.domain.annotations.annotation import Annotation, AnnotationState
from service.domain.errors import InvalidInput, UnknownLabel
from service.domain.projects.project import Project
from service.ports import AnnotationStore, Clock, ImageStore
from service.usecases.images.add_images import AddedImage

HTTP_ORIGIN = "http"


class AnnotateImages:
    """Stores a person's annotation of an image; the same person's next annotation replaces it."""

    def __init__(self, *, images: ImageStore, annotations: AnnotationStore, clock: Clock) -> None:
        self._images = images
        self._annotations = annotations
        self._clock = clock

    def annotate(self, project: Project, image_id: str, *, labels: tuple[str, ...], annotator: str) -> Annotation:
        """Store a person's annotation of a known image.

        Args: labels: one, or several in a multi-label project; none means the person skipped the image.

        Raises: NotFound: no such image; UnknownLabel; InvalidInput: several labels in a single-label project.
        """
        self._images.get(project.id, image_id)
        annotation = self._put(project, image_id, labels, annotator, image_id=image_id)
        self._delete_others(annotation, image_id)
        return annotation

    def annotate_added(
        self, project: Project, added: AddedImage, *, labels: tuple[str, ...], annotator: str
    ) -> Annotation:
        """Store the labels that were sent with a new image; its address may not have been fetched yet.

        Raises: UnknownLabel, InvalidInput.
        """
        if added.image_id is not None:
            return self._put(project, added.image_id, labels, annotator, image_id=added.image_id)
        return self._put(project, f"source {added.source_id}", labels, annotator, source_id=added.source_id)

    def _put(
        self,
        project: Project,
        subject: str,
        labels: tuple[str, ...],
        annotator: str,
        *,
        image_id: str | None = None,
        source_id: int | None = None,
    ) -> Annotation:
        check_annotation_labels(project, labels)
        annotation = Annotation(
            project_id=project.id,
            origin=HTTP_ORIGIN,
            external_id=hashlib.sha256(f"{annotator}\n{subject}".encode()).hexdigest(),
            annotator=annotator,
            labels=labels,
            state=AnnotationState.USABLE if labels else AnnotationState.SKIPPED,
            updated_at=self._clock(),
            image_id=image_id,
            source_id=source_id,
        )
        self._annotations.put(annotation)
        return annotation

    def _delete_others(self, annotation: Annotation, image_id: str) -> None:
        """Delete the same person's annotations of this image by its address, from before it was fetched."""
        others = [
            other.external_id
            for other in self._annotations.of_image(annotation.project_id, image_id)
            if (other.origin, other.annotator) == (HTTP_ORIGIN, annotation.annotator)
            and other.external_id != annotation.external_id
        ]
        if others:
            self._annotations.delete(
                annotation.project_id, origin=HTTP_ORIGIN, external_ids=others, at=annotation.updated_at
            )


def check_annotation_labels(project: Project, labels: tuple[str, ...]) -> None:
    """Check labels. Raises: UnknownLabel; InvalidInput: several in a single-label project, or one twice."""
    for label in labels:
        if label not in project.active_labels:
            raise UnknownLabel(label, project.active_labels)
    if len(labels) > 1 and not project.multi_label:
        raise InvalidInput(f"this project takes one label per image, but {len(labels)} were sent: {', '.join(labels)}")
    if len(set(labels)) < len(labels):
        raise InvalidInput(f"a label was sent twice: {', '.join(labels)}")
