"""Images and their annotations as the /v1 routes send them."""

from datetime import datetime

from pydantic import BaseModel

from service.domain.annotations.annotation import Annotation
from service.domain.images.image import Image, Split


class AnnotationView(BaseModel):
    """One person's decision about one image."""

    annotator: str
    origin: str
    labels: list[str]
    state: str
    updated_at: datetime


class ImageView(BaseModel):
    """One image of a project."""

    id: str
    state: str
    labels: list[str]
    held_out: bool
    error: str | None
    added_at: datetime
    annotations: list[AnnotationView] | None = None


def image_view(image: Image, annotations: list[Annotation] | None = None) -> ImageView:
    """Make the view of an image.

    Args: annotations: all annotations of the image, or None to leave them out.
    """
    return ImageView(
        id=image.id,
        state=image.state,
        labels=list(image.labels),
        held_out=image.split is Split.HELD_OUT,
        error=image.error,
        added_at=image.added_at,
        annotations=None if annotations is None else [annotation_view(annotation) for annotation in annotations],
    )


def annotation_view(annotation: Annotation) -> AnnotationView:
    """Make the view of an annotation, without the keys that it is stored under."""
    return AnnotationView(
        annotator=annotation.annotator,
        origin=annotation.origin,
        labels=list(annotation.labels),
        state=annotation.state,
        updated_at=annotation.updated_at,
    )
