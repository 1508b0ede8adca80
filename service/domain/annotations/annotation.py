"""One person's decision about one image."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AnnotationState(StrEnum):
    """State of an annotation. Only usable annotations are trained on; the others are kept.

    DELETED: somebody deleted it; it never comes back. MISSING: it was absent from a list that should contain it; it
    counts again once it is reported again.
    """

    USABLE = "usable"
    SKIPPED = "skipped"
    DELETED = "deleted"
    MISSING = "missing"


@dataclass(frozen=True, kw_only=True)
class Annotation:
    """One person's decision about one image.

    origin and external_id together identify it: Label Studio's annotation id, or annotator and image over HTTP.
    Exactly one of image_id and source_id is set when it is recorded: the bytes of a Label Studio task may not have been
    fetched yet when its annotation arrives.
    """

    project_id: str
    origin: str
    external_id: str
    annotator: str
    labels: tuple[str, ...]
    state: AnnotationState
    updated_at: datetime
    image_id: str | None = None
    source_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class AnnotationTally:
    """Count of the changes to a project's annotations since a given revision.

    revision: grows by one with each change; changed: number of changes since the given revision; last_change: time of
    the newest of them, by Margin's clock.
    """

    revision: int
    changed: int
    last_change: datetime | None


def tombstone(*, project_id: str, origin: str, external_id: str, at: datetime) -> Annotation:
    """Make a record of an annotation that was deleted before it arrived, so that it stays deleted when it arrives."""
    return Annotation(
        project_id=project_id,
        origin=origin,
        external_id=external_id,
        annotator="",
        labels=(),
        state=AnnotationState.DELETED,
        updated_at=at,
    )


@dataclass(frozen=True, kw_only=True)
class PutResult:
    """Result of recording an annotation; changed: False if this state, or a newer one, was known already."""

    changed: bool
    revision: int
