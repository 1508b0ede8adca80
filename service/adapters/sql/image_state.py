"""SQL for the annotations, the state and the votes of an image."""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    Text,
    case,
    literal,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)

from service.adapters.sql.dialect import pieces
from service.adapters.sql.tables import annotations, images, sources
from service.domain.annotations.annotation import AnnotationState
from service.domain.annotations.majority_vote import Vote
from service.domain.images.image import ImageState, SourceKind


def has_source(kind: SourceKind | None = None) -> ColumnElement[bool]:
    """True if the image can still be reached (a task of it is left), by this kind of source if one is given."""
    there = select(literal(1)).where(
        sources.c.project_id == images.c.project_id, sources.c.image_id == images.c.id, ~sources.c.removed
    )
    return there.exists() if kind is None else there.where(sources.c.kind == kind.value).exists()


def has_annotation(state: AnnotationState) -> ColumnElement[bool]:
    """True if somebody annotated the image, or a task that shows it."""
    return _is_any_annotation(annotations.c.state == state.value)


def has_vote_with(label: str) -> ColumnElement[bool]:
    """True if somebody chose this label; the label that the votes agree on may be another."""
    is_usable = annotations.c.state == AnnotationState.USABLE.value
    as_stored = type_coerce(annotations.c.labels, Text)
    return _is_any_annotation(is_usable & as_stored.contains(json.dumps(label, ensure_ascii=False), autoescape=True))


def awaited_by_annotation() -> ColumnElement[bool]:
    """True if a usable annotation waits for the image of the source."""
    waiting = select(literal(1)).where(
        annotations.c.source_id == sources.c.id,
        annotations.c.image_id.is_(None),
        annotations.c.state == AnnotationState.USABLE.value,
    )
    return waiting.exists()


def is_in_pool() -> ColumnElement[bool]:
    """True if the image is readable, can be reached, and nobody annotated or skipped it."""
    answered = or_(has_annotation(AnnotationState.USABLE), has_annotation(AnnotationState.SKIPPED))
    return images.c.error.is_(None) & has_source() & ~answered


def answered_ids(project_id: str, states: Collection[AnnotationState]) -> CompoundSelect[tuple[str | None]]:
    """Select the images with annotations in these states, some twice; starts at the annotations, which are few."""
    in_state = (annotations.c.project_id == project_id) & annotations.c.state.in_([state.value for state in states])
    direct = select(annotations.c.image_id).where(in_state, annotations.c.image_id.is_not(None))
    via_source = (
        select(sources.c.image_id)
        .join(annotations, annotations.c.source_id == sources.c.id)
        .where(in_state, annotations.c.image_id.is_(None), sources.c.image_id.is_not(None))
    )
    return union_all(direct, via_source)


def is_in_state(state: ImageState) -> ColumnElement[bool]:
    """True for the same images as `image_state`, in a form that databases plan fast."""
    readable, usable = images.c.error.is_(None), has_annotation(AnnotationState.USABLE)
    conditions = {
        ImageState.UNREADABLE: images.c.error.is_not(None),
        ImageState.ANNOTATED: readable & usable,
        ImageState.SKIPPED: readable & has_annotation(AnnotationState.SKIPPED) & ~usable,
        ImageState.POOL: is_in_pool(),
    }
    return conditions[state]


def image_state() -> ColumnElement[str | None]:
    """The image's state; NULL for an image without annotations whose tasks were all deleted."""
    return case(
        (images.c.error.is_not(None), ImageState.UNREADABLE.value),
        (has_annotation(AnnotationState.USABLE), ImageState.ANNOTATED.value),
        (has_annotation(AnnotationState.SKIPPED), ImageState.SKIPPED.value),
        (has_source(), ImageState.POOL.value),
        else_=null(),
    )


def votes_of_project(connection: Connection, project_id: str) -> dict[str, list[Vote]]:
    """Return every image's votes."""
    return _collect(connection, [_direct_votes(project_id), _votes_via_source(project_id)])


def votes_of_images(connection: Connection, project_id: str, image_ids: Sequence[str]) -> dict[str, list[Vote]]:
    """Return the votes of these images."""
    queries = []
    for some in pieces(image_ids):
        queries.append(_direct_votes(project_id).where(annotations.c.image_id.in_(some)))
        queries.append(_votes_via_source(project_id).where(sources.c.image_id.in_(some)))
    return _collect(connection, queries)


def _is_any_annotation(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    direct = (
        select(literal(1))
        .where(annotations.c.project_id == images.c.project_id, annotations.c.image_id == images.c.id)
        .where(condition)
    )
    via_source = (
        select(literal(1))
        .where(sources.c.project_id == images.c.project_id, sources.c.image_id == images.c.id)
        .where(annotations.c.source_id == sources.c.id, annotations.c.image_id.is_(None))
        .where(condition)
    )
    return or_(_within(direct), _within(via_source))


def _within(query: Select[Any]) -> ColumnElement[bool]:
    return query.correlate(images).exists()


def _direct_votes(project_id: str) -> Select[Any]:
    return select(annotations.c.image_id, annotations.c.labels, annotations.c.updated_at).where(
        annotations.c.project_id == project_id,
        annotations.c.image_id.is_not(None),
        annotations.c.state == AnnotationState.USABLE.value,
    )


def _votes_via_source(project_id: str) -> Select[Any]:
    return select(sources.c.image_id, annotations.c.labels, annotations.c.updated_at).where(
        sources.c.project_id == project_id,
        sources.c.image_id.is_not(None),
        annotations.c.source_id == sources.c.id,
        annotations.c.image_id.is_(None),
        annotations.c.state == AnnotationState.USABLE.value,
    )


def _collect(connection: Connection, queries: Sequence[Select[Any]]) -> dict[str, list[Vote]]:
    votes: dict[str, list[Vote]] = defaultdict(list)
    for query in queries:
        for image_id, labels, updated_at in connection.execute(query):
            votes[image_id].append(Vote(labels=labels, updated_at=updated_at))
    return votes
