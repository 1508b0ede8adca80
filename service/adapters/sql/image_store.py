"""Keeps the images of a project, and their sources, in the database."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, func, select, update

from service.adapters.sql.database import Database
from service.adapters.sql.dialect import insert_or, pieces, require_project
from service.adapters.sql.image_state import (
    answered_ids,
    awaited_by_annotation,
    has_source,
    has_vote_with,
    image_state,
    is_in_pool,
    is_in_state,
    votes_of_images,
    votes_of_project,
)
from service.adapters.sql.tables import images, sources
from service.domain.annotations.annotation import AnnotationState
from service.domain.annotations.majority_vote import agreed_labels, votes_among
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

# This number of rows is written in about ten milliseconds.
ROWS_PER_TRANSACTION = 1_000


class SqlImageStore:
    """Images and sources in SQLite or PostgreSQL."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def add_sources(self, project_id: str, kind: SourceKind, sources: Sequence[NewSource]) -> list[Source]:
        """Add sources.

        Raises: NotFound: no such project.
        """
        with self._database.writing() as connection:
            require_project(connection, project_id)
            for some in pieces(sources):
                _put_images(connection, project_id, {s.image_id: s.error for s in some if s.image_id}, self._clock())
            return [s for some in pieces(sources) for s in _put_sources(connection, project_id, kind, some)]

    def task_ids(self, project_id: str) -> set[int]:
        tasks = select(sources.c.task_id).where(sources.c.project_id == project_id, ~sources.c.removed)
        with self._database.reading() as connection:
            return set(connection.scalars(tasks.where(sources.c.task_id.is_not(None))))

    def sources_of(self, project_id: str, image_ids: Sequence[str]) -> dict[str, list[Source]]:
        of_project = select(sources).where(sources.c.project_id == project_id, ~sources.c.removed)
        found: dict[str, list[Source]] = defaultdict(list)
        with self._database.reading() as connection:
            for some in pieces(image_ids):
                for row in connection.execute(of_project.where(sources.c.image_id.in_(some)).order_by(sources.c.id)):
                    found[row.image_id].append(_source(row))
        return dict(found)

    def unresolved_sources(
        self, project_id: str, *, after: int, limit: int, annotated_only: bool = False, failed_too: bool = True
    ) -> list[Source]:
        wanted = (
            select(sources)
            .where(sources.c.project_id == project_id, sources.c.image_id.is_(None), ~sources.c.removed)
            .where(sources.c.id > after)
            .order_by(sources.c.id)
            .limit(limit)
        )
        if annotated_only:
            wanted = wanted.where(awaited_by_annotation())
        if not failed_too:
            wanted = wanted.where(sources.c.error.is_(None))
        with self._database.reading() as connection:
            return [_source(row) for row in connection.execute(wanted)]

    def remove_tasks(self, project_id: str, task_ids: Sequence[int]) -> int:
        identities = [source_identity(SourceKind.LABEL_STUDIO, "", task_id) for task_id in task_ids]
        there = update(sources).where(sources.c.project_id == project_id, ~sources.c.removed)
        with self._database.writing() as connection:
            return sum(
                connection.execute(there.where(sources.c.identity.in_(some)).values(removed=True)).rowcount
                for some in pieces(identities)
            )

    def add_image(self, project_id: str, image_id: str, *, source_id: int | None, error: str | None = None) -> None:
        """Add an image, and link it to a source if one is given.

        Raises: NotFound: no such project or source.
        """
        with self._database.writing() as connection:
            require_project(connection, project_id)
            _put_images(connection, project_id, {image_id: error}, self._clock())
            if source_id is not None:
                _change_source(connection, project_id, source_id, {"image_id": image_id, "error": None})

    def record_source_error(self, project_id: str, source_id: int, error: str) -> None:
        """Store the error of a source.

        Raises: NotFound.
        """
        with self._database.writing() as connection:
            _change_source(connection, project_id, source_id, {"error": error})

    def get(self, project_id: str, image_id: str) -> Image:
        with self._database.reading() as connection:
            row = connection.execute(_images(project_id).where(images.c.id == image_id)).one_or_none()
            if row is None:
                raise NotFound("image", image_id)
            return _with_labels(connection, project_id, [row])[0]

    def page(self, project_id: str, wanted: ImageFilter, *, after: str | None, limit: int) -> list[Image]:
        candidates = _filtered(_images(project_id).order_by(images.c.id).limit(limit), wanted)
        found: list[Image] = []
        with self._database.reading() as connection:
            while len(found) < limit:
                rows = connection.execute(candidates.where(images.c.id > after) if after else candidates).all()
                page = _with_labels(connection, project_id, rows)
                found += [image for image in page if wanted.label is None or wanted.label in image.labels]
                if len(rows) < limit:
                    break
                after = rows[-1].id
        return found[:limit]

    def count(self, project_id: str) -> dict[ImageState, int]:
        # Counted from the annotations: to check the annotations of each image of a large pool takes seconds.
        of_project = images.c.project_id == project_id
        readable = of_project & images.c.error.is_(None)
        usable, skipped = AnnotationState.USABLE, AnnotationState.SKIPPED
        is_annotated = images.c.id.in_(answered_ids(project_id, [usable]))
        is_answered = images.c.id.in_(answered_ids(project_id, [usable, skipped]))
        with self._database.reading() as connection:
            annotated = _number(connection, readable & is_annotated)
            return {
                ImageState.POOL: _number(connection, readable & has_source())
                - _number(connection, readable & has_source() & is_answered),
                ImageState.ANNOTATED: annotated,
                ImageState.SKIPPED: _number(connection, readable & is_answered) - annotated,
                ImageState.UNREADABLE: _number(connection, of_project & images.c.error.is_not(None)),
            }

    def pool(self, project_id: str) -> list[str]:
        wanted = select(images.c.id).where(images.c.project_id == project_id, is_in_pool()).order_by(images.c.id)
        with self._database.reading() as connection:
            return list(connection.scalars(wanted))

    def readable(self, project_id: str) -> list[str]:
        of_project = (images.c.project_id == project_id) & images.c.error.is_(None)
        with self._database.reading() as connection:
            return list(connection.scalars(select(images.c.id).where(of_project).order_by(images.c.id)))

    def labeled(self, project_id: str, *, among: Collection[str] | None = None) -> list[LabeledImage]:
        of_project = (images.c.project_id == project_id) & images.c.error.is_(None)
        with self._database.reading() as connection:
            cast = votes_of_project(connection, project_id)
            votes = {image_id: votes for image_id, all_cast in cast.items() if (votes := votes_among(all_cast, among))}
            wanted = select(images.c.id, images.c.side, images.c.asked_at_random).where(of_project)
            return [
                LabeledImage(
                    image_id=image_id,
                    labels=agreed_labels(votes[image_id]),
                    split=_split(split),
                    asked_at_random=asked_at_random,
                )
                for image_id, split, asked_at_random in connection.execute(wanted.order_by(images.c.id))
                if image_id in votes
            ]

    def record_splits(self, project_id: str, splits: Mapping[str, Split]) -> None:
        undecided = (images.c.project_id == project_id) & images.c.side.is_(None)
        statement = update(images).where(undecided, images.c.id == bindparam("which")).values(side=bindparam("at"))
        rows = [{"which": image_id, "at": split.value} for image_id, split in splits.items()]
        # In short transactions, so that an annotation that arrives meanwhile does not wait.
        for start in range(0, len(rows), ROWS_PER_TRANSACTION):
            with self._database.writing() as connection:
                connection.execute(statement, rows[start : start + ROWS_PER_TRANSACTION])

    def mark_asked_at_random(self, project_id: str, image_ids: Collection[str]) -> None:
        of_pool = (images.c.project_id == project_id) & is_in_pool()
        # Read before the write transaction: to look through a large pool takes long, and annotations would wait.
        with self._database.reading() as connection:
            marked = set(connection.scalars(select(images.c.id).where(of_pool, images.c.asked_at_random)))
        changes = {False: sorted(marked.difference(image_ids)), True: sorted(set(image_ids) - marked)}
        with self._database.writing() as connection:
            for value, changed in changes.items():
                for some in pieces(changed):
                    is_changed = of_pool & images.c.id.in_(some)
                    connection.execute(update(images).where(is_changed).values(asked_at_random=value))


def _number(connection: Connection, which: ColumnElement[bool]) -> int:
    return connection.scalar(select(func.count()).select_from(images).where(which)) or 0


def _put_images(connection: Connection, project_id: str, errors: Mapping[str, str | None], added_at: datetime) -> None:
    """Add images, or give existing ones the error (or none) that they have now."""
    if not errors:
        return
    statement = insert_or(connection, images)
    rows = [{"project_id": project_id, "id": i, "error": e, "added_at": added_at} for i, e in errors.items()]
    changed = {"error": statement.excluded.error}
    connection.execute(statement.on_conflict_do_update(index_elements=["project_id", "id"], set_=changed), rows)


def _put_sources(connection: Connection, project_id: str, kind: SourceKind, new: Sequence[NewSource]) -> list[Source]:
    identities = [source_identity(kind, source.address, source.task_id) for source in new]
    rows = [
        {"project_id": project_id, "identity": identity, "kind": kind.value, "removed": False} | _columns(source)
        for identity, source in zip(identities, new, strict=True)
    ]
    connection.execute(insert_or(connection, sources).on_conflict_do_nothing(), rows)
    there = (sources.c.project_id == project_id) & sources.c.identity.in_(identities)
    rows_there = connection.execute(select(sources).where(there)).all()
    known = {row.identity: _source(row) for row in rows_there}
    removed = {row.identity for row in rows_there if row.removed}
    found = dict(known)
    for identity, source in zip(identities, new, strict=True):
        found[identity] = update_source(
            found[identity], address=source.address, image_id=source.image_id, error=source.error
        )
    _save_changes(connection, [found[i] for i in known if i in removed or found[i] != known[i]])
    return [found[identity] for identity in identities]


def _columns(new: NewSource) -> dict[str, Any]:
    # If the bytes are known, the error belongs to the image, not to the source.
    error = new.error if new.image_id is None else None
    return {"address": new.address, "task_id": new.task_id, "image_id": new.image_id, "error": error}


def _save_changes(connection: Connection, changed: Sequence[Source]) -> None:
    if not changed:
        return
    columns = ("address", "image_id", "error")
    statement = (
        update(sources)
        .where(sources.c.id == bindparam("which"))
        .values(removed=False, **{column: bindparam(f"new_{column}") for column in columns})
    )
    values = [
        {"which": source.id, **{f"new_{column}": getattr(source, column) for column in columns}} for source in changed
    ]
    connection.execute(statement, values)


def _change_source(connection: Connection, project_id: str, source_id: int, values: dict[str, Any]) -> None:
    there = (sources.c.project_id == project_id) & (sources.c.id == source_id)
    if connection.execute(update(sources).where(there).values(values)).rowcount == 0:
        raise NotFound("source", source_id)


def _images(project_id: str) -> Select[Any]:
    return select(images, image_state().label("state")).where(images.c.project_id == project_id)


def _filtered(candidates: Select[Any], wanted: ImageFilter) -> Select[Any]:
    candidates = candidates.where(image_state().is_not(None))
    if wanted.state is not None:
        candidates = candidates.where(is_in_state(wanted.state))
    if wanted.source is not None:
        candidates = candidates.where(has_source(wanted.source))
    if wanted.label is not None:
        candidates = candidates.where(has_vote_with(wanted.label))
    return candidates


def _with_labels(connection: Connection, project_id: str, rows: Sequence[Row[Any]]) -> list[Image]:
    votes = votes_of_images(connection, project_id, [row.id for row in rows])
    return [
        Image(
            id=row.id,
            project_id=project_id,
            state=ImageState(row.state or ImageState.POOL.value),
            labels=agreed_labels(votes[row.id]) if row.id in votes else (),
            split=_split(row.side),
            error=row.error,
            added_at=row.added_at,
        )
        for row in rows
    ]


def _split(name: str | None) -> Split | None:
    return None if name is None else Split(name)


def _source(row: Row[Any]) -> Source:
    return Source(
        id=row.id,
        project_id=row.project_id,
        kind=SourceKind(row.kind),
        address=row.address,
        task_id=row.task_id,
        image_id=row.image_id,
        error=row.error,
    )
