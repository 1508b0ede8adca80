"""In-memory double of the image store."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from service.domain.annotations.annotation import Annotation, AnnotationState
from service.domain.annotations.majority_vote import Vote, agreed_labels, votes_among
from service.domain.errors import NotFound
from service.domain.images.image import (
    Image,
    ImageFilter,
    ImageState,
    LabeledImage,
    NewSource,
    Source,
    SourceKind,
    Split,
)
from service.domain.images.source import source_identity, update_source
from service.ports import Clock
from tests.doubles.image_links import ImageLinks


@dataclass(frozen=True, kw_only=True)
class _Record:
    added_at: datetime
    error: str | None = None
    split: Split | None = None
    asked_at_random: bool = False


class InMemoryImageStore:
    """Keeps images in a dictionary; every project id is assumed to exist."""

    def __init__(self, links: ImageLinks, clock: Clock) -> None:
        self._links = links
        self._clock = clock
        self._records: dict[tuple[str, str], _Record] = {}
        self._source_ids: dict[tuple[str, str], int] = {}

    def add_sources(self, project_id: str, kind: SourceKind, sources: Sequence[NewSource]) -> list[Source]:
        added = []
        for new in sources:
            source = self._add_source(project_id, kind, new)
            if new.image_id is not None:
                self.add_image(project_id, new.image_id, source_id=source.id, error=new.error)
            elif new.error is not None:
                self.record_source_error(project_id, source.id, new.error)
            added.append(self._links.sources[source.id])
        return added

    def task_ids(self, project_id: str) -> set[int]:
        return {source.task_id for source in self._live_sources(project_id) if source.task_id is not None}

    def sources_of(self, project_id: str, image_ids: Sequence[str]) -> dict[str, list[Source]]:
        found = {image_id: self._links.sources_of(project_id, image_id) for image_id in image_ids}
        return {image_id: sources for image_id, sources in found.items() if sources}

    def unresolved_sources(
        self, project_id: str, *, after: int, limit: int, annotated_only: bool = False, failed_too: bool = True
    ) -> list[Source]:
        waiting = [s for s in self._live_sources(project_id) if s.image_id is None and s.id > after]
        due = [s for s in waiting if failed_too or s.error is None]
        return [s for s in due if not annotated_only or self._links.has_usable_annotation(s)][:limit]

    def remove_tasks(self, project_id: str, task_ids: Sequence[int]) -> int:
        gone = {s.id for s in self._live_sources(project_id) if s.task_id is not None and s.task_id in set(task_ids)}
        self._links.removed |= gone
        return len(gone)

    def add_image(self, project_id: str, image_id: str, *, source_id: int | None, error: str | None = None) -> None:
        if source_id is not None:
            source = self._any_source(project_id, source_id)
            self._links.sources[source_id] = replace(source, image_id=image_id, error=None)
        known = self._records.get((project_id, image_id), _Record(added_at=self._clock()))
        self._records[project_id, image_id] = replace(known, error=error)

    def record_source_error(self, project_id: str, source_id: int, error: str) -> None:
        self._links.sources[source_id] = replace(self._any_source(project_id, source_id), error=error)

    def get(self, project_id: str, image_id: str) -> Image:
        if (project_id, image_id) not in self._records:
            raise NotFound("image", image_id)
        return self._image(project_id, image_id)

    def page(self, project_id: str, wanted: ImageFilter, *, after: str | None, limit: int) -> list[Image]:
        listed = [image for image in self._listed(project_id) if after is None or image.id > after]
        return [image for image in listed if self._passes(image, wanted)][:limit]

    def count(self, project_id: str) -> dict[ImageState, int]:
        states = [image.state for image in self._listed(project_id)]
        return {state: states.count(state) for state in ImageState}

    def pool(self, project_id: str) -> list[str]:
        return [image.id for image in self._listed(project_id) if image.state is ImageState.POOL]

    def readable(self, project_id: str) -> list[str]:
        return sorted(i for (project, i), record in self._records.items() if project == project_id and not record.error)

    def labeled(self, project_id: str, *, among: Collection[str] | None = None) -> list[LabeledImage]:
        return [
            LabeledImage(
                image_id=image.id,
                labels=agreed_labels(votes),
                split=image.split,
                asked_at_random=self._records[project_id, image.id].asked_at_random,
            )
            for image in self._listed(project_id)
            if image.state is ImageState.ANNOTATED and (votes := votes_among(self._votes(project_id, image.id), among))
        ]

    def record_splits(self, project_id: str, splits: Mapping[str, Split]) -> None:
        for image_id, split in splits.items():
            record = self._records.get((project_id, image_id))
            if record is not None and record.split is None:
                self._records[project_id, image_id] = replace(record, split=split)

    def mark_asked_at_random(self, project_id: str, image_ids: Collection[str]) -> None:
        for image_id in self.pool(project_id):
            record = self._records[project_id, image_id]
            self._records[project_id, image_id] = replace(record, asked_at_random=image_id in image_ids)

    def forget_project(self, project_id: str) -> None:
        """Delete the project's rows, as the database does when a project is deleted."""
        self._records = {key: record for key, record in self._records.items() if key[0] != project_id}
        gone = {source_id for key, source_id in self._source_ids.items() if key[0] == project_id}
        self._links.removed |= gone
        for source_id in gone:
            # The id is not used again.
            del self._source_ids[_key(self._links.sources[source_id])]
            self._links.sources[source_id] = replace(self._links.sources[source_id], project_id="")

    def _add_source(self, project_id: str, kind: SourceKind, new: NewSource) -> Source:
        wanted = Source(
            id=len(self._links.sources) + 1, project_id=project_id, kind=kind, address=new.address, task_id=new.task_id
        )
        source_id = self._source_ids.setdefault(_key(wanted), wanted.id)
        stored = update_source(self._links.sources.get(source_id, wanted), address=new.address)
        self._links.sources[stored.id] = stored
        self._links.removed.discard(stored.id)
        return stored

    def _any_source(self, project_id: str, source_id: int) -> Source:
        source = self._links.sources.get(source_id)
        if source is None or source.project_id != project_id:
            raise NotFound("source", source_id)
        return source

    def _live_sources(self, project_id: str) -> list[Source]:
        return [
            s for s in self._links.sources.values() if s.project_id == project_id and s.id not in self._links.removed
        ]

    def _listed(self, project_id: str) -> list[Image]:
        """List all images in order of id, except unannotated images without a source."""
        ids = sorted(image_id for project, image_id in self._records if project == project_id)
        every = [self._image(project_id, image_id) for image_id in ids]
        return [i for i in every if i.state is not ImageState.POOL or self._links.sources_of(project_id, i.id)]

    def _image(self, project_id: str, image_id: str) -> Image:
        record = self._records[project_id, image_id]
        annotations = self._links.annotations_of(project_id, image_id)
        votes = self._votes(project_id, image_id)
        return Image(
            id=image_id,
            project_id=project_id,
            state=ImageState.UNREADABLE if record.error is not None else _state(annotations),
            labels=agreed_labels(votes) if votes else (),
            split=record.split,
            error=record.error,
            added_at=record.added_at,
        )

    def _votes(self, project_id: str, image_id: str) -> list[Vote]:
        annotations = self._links.annotations_of(project_id, image_id)
        usable = [a for a in annotations if a.state is AnnotationState.USABLE]
        return [Vote(labels=a.labels, updated_at=a.updated_at) for a in usable]

    def _passes(self, image: Image, wanted: ImageFilter) -> bool:
        kinds = {source.kind for source in self._links.sources_of(image.project_id, image.id)}
        return (
            (wanted.state is None or image.state is wanted.state)
            and (wanted.label is None or wanted.label in image.labels)
            and (wanted.source is None or wanted.source in kinds)
        )


def _key(source: Source) -> tuple[str, str]:
    return source.project_id, source_identity(source.kind, source.address, source.task_id)


def _state(annotations: Sequence[Annotation]) -> ImageState:
    states = {annotation.state for annotation in annotations}
    if AnnotationState.USABLE in states:
        return ImageState.ANNOTATED
    return ImageState.SKIPPED if AnnotationState.SKIPPED in states else ImageState.POOL
