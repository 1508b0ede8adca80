"""Keeps annotations in the database; each is stored before its arrival is confirmed."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, insert, select, update

from service.adapters.sql.database import Database
from service.adapters.sql.dialect import lock_project, pieces
from service.adapters.sql.tables import annotations, projects, sources
from service.domain.annotations.annotation import Annotation, AnnotationState, AnnotationTally, PutResult, tombstone
from service.domain.annotations.deduplication import supersedes
from service.domain.errors import NotFound
from service.ports import Clock

_COUNTING = (AnnotationState.USABLE.value, AnnotationState.SKIPPED.value)


class SqlAnnotationStore:
    """Annotations in SQLite or PostgreSQL."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def put(self, annotation: Annotation) -> PutResult:
        """Store an annotation unless a newer one is stored.

        Raises: NotFound: no such project or source.
        """
        with self._database.writing() as connection:
            project = lock_project(connection, annotation.project_id)
            _require_source(connection, annotation)
            known = connection.execute(select(annotations).where(_is(annotation))).one_or_none()
            if known is not None and not supersedes(annotation, _annotation(known)):
                return PutResult(changed=False, revision=project.revision)
            _save(connection, annotation, replace=known is not None)
            return PutResult(changed=True, revision=self._revise(connection, project, changes=1))

    def delete(self, project_id: str, *, origin: str, external_ids: Sequence[str], at: datetime) -> int:
        with self._database.writing() as connection:
            project = lock_project(connection, project_id)
            known = _known(connection, project_id, origin, external_ids)
            _bury_unknown(connection, project_id, origin, set(external_ids) - known.keys(), at)
            older = [annotation for annotation in known.values() if annotation.updated_at <= at]
            _mark_deleted(connection, project_id, origin, older, at)
            changes = sum(annotation.state is not AnnotationState.DELETED for annotation in older)
            self._revise(connection, project, changes=changes)
        return changes

    def mark_missing(self, project_id: str, *, origin: str, external_ids: Sequence[str]) -> int:
        removed = select(sources.c.id).where(sources.c.project_id == project_id, sources.c.removed)
        there = and_(
            annotations.c.project_id == project_id,
            annotations.c.origin == origin,
            _is_kept(),
            annotations.c.source_id.is_(None) | annotations.c.source_id.not_in(removed),
        )
        missing = update(annotations).values(state=AnnotationState.MISSING.value).where(there)
        with self._database.writing() as connection:
            project = lock_project(connection, project_id)
            changes = sum(
                connection.execute(missing.where(annotations.c.external_id.in_(some))).rowcount
                for some in pieces(external_ids)
            )
            self._revise(connection, project, changes=changes)
        return changes

    def of_image(self, project_id: str, image_id: str) -> list[Annotation]:
        leads_there = select(sources.c.id).where(sources.c.project_id == project_id, sources.c.image_id == image_id)
        direct = (annotations.c.project_id == project_id) & (annotations.c.image_id == image_id)
        via_source = annotations.c.image_id.is_(None) & annotations.c.source_id.in_(leads_there)
        with self._database.reading() as connection:
            rows = [
                row
                for condition in (direct, via_source)
                for row in connection.execute(select(annotations).where(condition, _is_kept()))
            ]
        found = [_annotation(row) for row in rows]
        return sorted(found, key=lambda a: (a.updated_at, a.origin, a.external_id))

    def external_ids(self, project_id: str, *, origin: str) -> set[str]:
        of_origin = (annotations.c.project_id == project_id) & (annotations.c.origin == origin)
        with self._database.reading() as connection:
            return set(connection.scalars(select(annotations.c.external_id).where(of_origin, _is_kept())))

    def tally(self, project_id: str, *, since_revision: int) -> AnnotationTally:
        project = self._project(project_id)
        changed = max(0, project.revision - since_revision)
        return AnnotationTally(
            revision=project.revision, changed=changed, last_change=project.revised_at if changed else None
        )

    def trained_revision(self, project_id: str) -> int:
        return int(self._project(project_id).trained_revision)

    def record_trained_revision(self, project_id: str, revision: int) -> None:
        with self._database.writing() as connection:
            known = lock_project(connection, project_id).trained_revision
            values = {"trained_revision": max(known, revision)}
            connection.execute(update(projects).where(projects.c.id == project_id).values(values))

    def _project(self, project_id: str) -> Row[Any]:
        with self._database.reading() as connection:
            row = connection.execute(select(projects).where(projects.c.id == project_id)).one_or_none()
        if row is None:
            raise NotFound("project", project_id)
        return row

    def _revise(self, connection: Connection, project: Row[Any], *, changes: int) -> int:
        revision = int(project.revision) + changes
        if changes:
            values = {"revision": revision, "revised_at": self._clock()}
            connection.execute(update(projects).where(projects.c.id == project.id).values(values))
        return revision


def _is(annotation: Annotation) -> ColumnElement[bool]:
    return and_(
        annotations.c.project_id == annotation.project_id,
        annotations.c.origin == annotation.origin,
        annotations.c.external_id == annotation.external_id,
    )


def _is_kept() -> ColumnElement[bool]:
    return annotations.c.state.in_(_COUNTING)


def _require_source(connection: Connection, annotation: Annotation) -> None:
    if annotation.source_id is None:
        return
    there = (sources.c.id == annotation.source_id) & (sources.c.project_id == annotation.project_id)
    if connection.scalar(select(sources.c.id).where(there)) is None:
        raise NotFound("source", annotation.source_id)


def _save(connection: Connection, annotation: Annotation, *, replace: bool) -> None:
    values = asdict(annotation) | {"state": annotation.state.value}
    statement = update(annotations).where(_is(annotation)) if replace else insert(annotations)
    connection.execute(statement.values(values))


def _known(connection: Connection, project_id: str, origin: str, external_ids: Sequence[str]) -> dict[str, Annotation]:
    of_origin = (annotations.c.project_id == project_id) & (annotations.c.origin == origin)
    return {
        row.external_id: _annotation(row)
        for some in pieces(external_ids)
        for row in connection.execute(select(annotations).where(of_origin, annotations.c.external_id.in_(some)))
    }


def _bury_unknown(connection: Connection, project_id: str, origin: str, external_ids: set[str], at: datetime) -> None:
    """Store a tombstone for annotations that may still arrive late."""
    tombstones = [
        tombstone(project_id=project_id, origin=origin, external_id=external_id, at=at)
        for external_id in sorted(external_ids)
    ]
    if tombstones:
        connection.execute(insert(annotations), [asdict(t) | {"state": t.state.value} for t in tombstones])


def _mark_deleted(
    connection: Connection, project_id: str, origin: str, deleted: Sequence[Annotation], at: datetime
) -> None:
    if not deleted:
        return
    statement = (
        update(annotations)
        .where(annotations.c.project_id == project_id, annotations.c.origin == origin)
        .where(annotations.c.external_id == bindparam("which"))
        .values(state=AnnotationState.DELETED.value, updated_at=at)
    )
    connection.execute(statement, [{"which": annotation.external_id} for annotation in deleted])


def _annotation(row: Row[Any]) -> Annotation:
    return Annotation(**{**row._mapping, "state": AnnotationState(row.state)})
