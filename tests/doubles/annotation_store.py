"""In-memory double of the annotation store."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from service.domain.annotations.annotation import Annotation, AnnotationState, AnnotationTally, PutResult, tombstone
from service.domain.annotations.deduplication import supersedes
from service.ports import Clock
from tests.doubles.image_links import ImageLinks

COUNTING = frozenset({AnnotationState.USABLE, AnnotationState.SKIPPED})


class InMemoryAnnotationStore:
    """Keeps annotations in a dictionary; every project id and source id is assumed to exist."""

    def __init__(self, links: ImageLinks, clock: Clock) -> None:
        self._links = links
        self._clock = clock
        self._changes: dict[str, list[datetime]] = defaultdict(list)
        self._trained: dict[str, int] = defaultdict(int)

    def put(self, annotation: Annotation) -> PutResult:
        key = (annotation.project_id, annotation.origin, annotation.external_id)
        known = self._links.annotations.get(key)
        changed = known is None or supersedes(annotation, known)
        if changed:
            self._links.annotations[key] = annotation
            self._changes[annotation.project_id].append(self._clock())
        return PutResult(changed=changed, revision=len(self._changes[annotation.project_id]))

    def delete(self, project_id: str, *, origin: str, external_ids: Sequence[str], at: datetime) -> int:
        changes = [self._mark_deleted((project_id, origin, external_id), at) for external_id in set(external_ids)]
        self._changes[project_id] += [self._clock()] * sum(changes)
        return sum(changes)

    def mark_missing(self, project_id: str, *, origin: str, external_ids: Sequence[str]) -> int:
        keys = [(project_id, origin, external_id) for external_id in set(external_ids)]
        known = {key: self._links.annotations[key] for key in keys if key in self._links.annotations}
        counting = {
            key: annotation
            for key, annotation in known.items()
            if annotation.state in COUNTING and annotation.source_id not in self._links.removed
        }
        for key, annotation in counting.items():
            self._links.annotations[key] = replace(annotation, state=AnnotationState.MISSING)
        self._changes[project_id] += [self._clock()] * len(counting)
        return len(counting)

    def of_image(self, project_id: str, image_id: str) -> list[Annotation]:
        found = [a for a in self._links.annotations_of(project_id, image_id) if a.state in COUNTING]
        return sorted(found, key=lambda a: (a.updated_at, a.origin, a.external_id))

    def external_ids(self, project_id: str, *, origin: str) -> set[str]:
        return {
            a.external_id
            for a in self._links.annotations.values()
            if (a.project_id, a.origin) == (project_id, origin) and a.state in COUNTING
        }

    def tally(self, project_id: str, *, since_revision: int) -> AnnotationTally:
        newer = self._changes[project_id][since_revision:]
        return AnnotationTally(
            revision=len(self._changes[project_id]),
            changed=len(newer),
            last_change=newer[-1] if newer else None,
        )

    def trained_revision(self, project_id: str) -> int:
        return self._trained[project_id]

    def record_trained_revision(self, project_id: str, revision: int) -> None:
        self._trained[project_id] = max(revision, self._trained[project_id])

    def forget_project(self, project_id: str) -> None:
        """Delete the project's rows, as the database does when a project is deleted."""
        for key in [key for key in self._links.annotations if key[0] == project_id]:
            del self._links.annotations[key]
        self._changes.pop(project_id, None)
        self._trained.pop(project_id, None)

    def _mark_deleted(self, key: tuple[str, str, str], at: datetime) -> bool:
        """Mark one annotation as deleted, and return whether its state changed."""
        known = self._links.annotations.get(key)
        if known is None:
            project_id, origin, external_id = key
            self._links.annotations[key] = tombstone(
                project_id=project_id, origin=origin, external_id=external_id, at=at
            )
            return False
        if known.updated_at > at:
            return False
        self._links.annotations[key] = replace(known, state=AnnotationState.DELETED, updated_at=at)
        return known.state is not AnnotationState.DELETED
