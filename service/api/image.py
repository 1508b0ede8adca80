"""Images and their annotations as the /v1 routes send them."""

from datetime import datetime
from typing import Self

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

    @classmethod
    def from_annotation(cls, annotation: Annotation) -> Self:
        """Make the view of an annotation, without the keys that it is stored under."""
        return cls(
            annotator=annotation.annotator,
            origin=annotation.origin,
            labels=list(annotation.labels),
            state=annotation.state,
            updated_at=annotation.updated_at,
        )


class ImageView(BaseModel):
    """One image of a project."""

    id: str
    state: str
    labels: list[str]
    held_out: bool
    error: str | None
    added_at: datetime
    annotations: list[AnnotationView] | None = None

    @classmethod
    def from_image(cls, image: Image, annotations: list[Annotation] | None = None) -> Self:
        """Make the view of an image.

        Args: annotations: all annotations of the image, or None to leave them out.
        """
        return cls(
            id=image.id,
            state=image.state,
            labels=list(image.labels),
            held_out=image.split is Split.HELD_OUT,
            error=image.error,
            added_at=image.added_at,
            annotations=None
            if annotations is None
            else [AnnotationView.from_annotation(annotation) for annotation in annotations],
        )
