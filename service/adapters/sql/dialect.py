"""Statements that SQLite and PostgreSQL write differently, or that limits force into several parts."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from service.adapters.sql.tables import projects
from service.domain.errors import NotFound

Item = TypeVar("Item")

# SQLite allows 32,766 values in one statement, PostgreSQL 65,535.
VALUES_AT_ONCE = 5_000


def insert_or(connection: Connection, table: Table) -> "sqlite.Insert | postgresql.Insert":
    """Begin an INSERT that has `on_conflict_do_...`."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def pieces(values: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Cut values into parts that fit one statement."""
    for start in range(0, len(values), VALUES_AT_ONCE):
        yield values[start : start + VALUES_AT_ONCE]


def require_project(connection: Connection, project_id: str) -> None:
    """Check that a project exists.

    Raises: NotFound.
    """
    if connection.scalar(select(projects.c.id).where(projects.c.id == project_id)) is None:
        raise NotFound("project", project_id)


def lock_project(connection: Connection, project_id: str) -> Any:
    """Return the project's row, locked against changes by other transactions until this one ends.

    Raises: NotFound.
    """
    row = connection.execute(select(projects).where(projects.c.id == project_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound("project", project_id)
    return row
