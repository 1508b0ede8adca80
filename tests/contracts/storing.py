"""Builds values to put into stores."""

from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from service.domain.annotations.annotation import Annotation, AnnotationState
from service.domain.images.image import ImageFilter, NewSource, Source, SourceKind
from service.domain.projects.project import Label, Project
from service.domain.training.version import Version
from service.ports import AnnotationStore, ImageStore, LeaseStore, ProjectStore, RankingStore, VersionStore

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Stores(Protocol):
    """The stores of one database, real or a double."""

    @property
    def projects(self) -> ProjectStore: ...
    @property
    def images(self) -> ImageStore: ...
    @property
    def annotations(self) -> AnnotationStore: ...
    @property
    def versions(self) -> VersionStore: ...
    @property
    def rankings(self) -> RankingStore: ...
    @property
    def leases(self) -> LeaseStore: ...


class TickingClock:
    """A clock that moves on by one second each time it is read."""

    def __init__(self) -> None:
        self._now = NOON

    def __call__(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now


def after_noon(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def a_project(project_id: str = "birds", **changes: Any) -> Project:
    values: dict[str, Any] = {
        "id": project_id,
        "title": "Birds",
        "labels": (Label(name="owl"), Label(name="jay")),
        "encoder": "tiny",
        "head": "softmax-regression",
        "strategy": "margin",
        "created_at": NOON,
    }
    return Project(**(values | changes))


def an_annotation(external_id: str = "1", *labels: str, **changes: Any) -> Annotation:
    """Make a usable annotation of `owl` on image `a`, unless the arguments differ."""
    values: dict[str, Any] = {
        "project_id": "birds",
        "origin": "label-studio",
        "external_id": external_id,
        "annotator": "ann",
        "labels": labels or ("owl",),
        "state": AnnotationState.USABLE,
        "updated_at": NOON,
        "image_id": None if "source_id" in changes else "a",
    }
    return Annotation(**(values | changes))


def a_version(number: int, **changes: Any) -> Version:
    values: dict[str, Any] = {
        "project_id": "birds",
        "number": number,
        "created_at": NOON,
        "labels": ("owl", "jay"),
        "head": "softmax-regression",
        "encoder_key": "tiny-1",
        "annotations": 12,
        "promoted": True,
        "reasons": ("first version",),
    }
    return Version(**(values | changes))


def add_source(
    stores: Stores, address: str, *, kind: SourceKind = SourceKind.UPLOAD, project_id: str = "birds"
) -> Source:
    """Add one source without a task."""
    [source] = stores.images.add_sources(project_id, kind, [NewSource(address=address)])
    return source


def source_of(images: ImageStore, source_id: int) -> Source:
    """Return the source of this id from the project `birds`; it may still wait for its image."""
    image_ids = [image.id for image in images.page("birds", ImageFilter(), after=None, limit=9_999)]
    fetched = [source for sources in images.sources_of("birds", image_ids).values() for source in sources]
    found = {source.id: source for source in fetched + images.unresolved_sources("birds", after=0, limit=9_999)}
    return found[source_id]


def add_image(stores: Stores, image_id: str, *, error: str | None = None) -> None:
    """Add an uploaded image."""
    source = add_source(stores, f"{image_id}.jpg")
    stores.images.add_image("birds", image_id, source_id=source.id, error=error)


def add_task(stores: Stores, task_id: int, image_id: str | None = None, *, address: str | None = None) -> int:
    """Add a Label Studio task; its image counts as fetched if it is given. Returns: the id of its source."""
    new = NewSource(address=address or f"/data/{task_id}.jpg", task_id=task_id)
    [source] = stores.images.add_sources("birds", SourceKind.LABEL_STUDIO, [new])
    if image_id is not None:
        stores.images.add_image("birds", image_id, source_id=source.id)
    return source.id
