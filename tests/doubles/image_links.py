"""State that the doubles of images and annotations share: sources and annotations, and the images they lead to."""

from dataclasses import dataclass, field

from service.domain.annotations.annotation import Annotation, AnnotationState
from service.domain.images.image import Source


@dataclass(kw_only=True)
class ImageLinks:
    """Sources by id, including those of deleted tasks, and annotations by project, origin and external id."""

    sources: dict[int, Source] = field(default_factory=dict)
    removed: set[int] = field(default_factory=set)
    annotations: dict[tuple[str, str, str], Annotation] = field(default_factory=dict)

    def annotations_of(self, project_id: str, image_id: str) -> list[Annotation]:
        """List all annotations of the image, directly or through a source."""
        of_project = [a for a in self.annotations.values() if a.project_id == project_id]
        return [a for a in of_project if self._image_of(a) == image_id]

    def sources_of(self, project_id: str, image_id: str) -> list[Source]:
        """List the sources that still lead to the image, oldest first."""
        return [
            source
            for source in self.sources.values()
            if (source.project_id, source.image_id) == (project_id, image_id) and source.id not in self.removed
        ]

    def has_usable_annotation(self, source: Source) -> bool:
        """Return whether the source has a usable annotation."""
        return any(a.source_id == source.id and a.state is AnnotationState.USABLE for a in self.annotations.values())

    def _image_of(self, annotation: Annotation) -> str | None:
        if annotation.image_id is not None or annotation.source_id is None:
            return annotation.image_id
        source = self.sources.get(annotation.source_id)
        return source.image_id if source else None
