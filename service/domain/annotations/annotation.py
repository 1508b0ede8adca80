"""One person's decision about one image."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AnnotationState(StrEnum):
    """Only usable annotations train; the others are kept.

    Deleted is what somebody deleted: it never comes back. Missing is what a list that should have it did not: the same
    annotation counts again once it is told again.
    """

    USABLE = "usable"
    SKIPPED = "skipped"
    DELETED = "deleted"
    MISSING = "missing"


@dataclass(frozen=True, kw_only=True)
class Annotation:
    """One person's decision about one image.

    origin and external_id together identify it: Label Studio's annotation id, or annotator and image over HTTP.
    Exactly one of image_id and source_id is set by whoever records it: a Label Studio task's bytes may not have been
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
    """What has changed since a revision of the project's annotations.

    revision: grows by one with each change; changed: changes after the asked revision; last_change: when the newest
    of them was recorded, by Margin's clock.
    """

    revision: int
    changed: int
    last_change: datetime | None


def tombstone(*, project_id: str, origin: str, external_id: str, at: datetime) -> Annotation:
    """What is kept of an annotation that was deleted before it arrived, so that it stays deleted when it does."""
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
    """What recording an annotation did; changed is False for one already known in this state, or older than it."""

    changed: bool
    revision: int
