"""Keeps the list of versions in the database."""

from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from service.adapters.sql.database import Database
from service.adapters.sql.dialect import require_project
from service.adapters.sql.tables import projects, versions
from service.domain.errors import AlreadyExists, NotFound
from service.domain.training.version import Version


class SqlVersionStore:
    """Versions in SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def next_number(self, project_id: str) -> int:
        reserve = (
            update(projects)
            .where(projects.c.id == project_id)
            .values(last_version_number=projects.c.last_version_number + 1)
            .returning(projects.c.last_version_number)
        )
        with self._database.writing() as connection:
            number = connection.scalar(reserve)
        if number is None:
            raise NotFound("project", project_id)
        return int(number)

    def add(self, version: Version) -> None:
        try:
            with self._database.writing() as connection:
                require_project(connection, version.project_id)
                connection.execute(insert(versions).values(_columns(version)))
        except IntegrityError as error:
            raise AlreadyExists(f"version {version.number} of project {version.project_id!r} exists already") from error

    def get(self, project_id: str, number: int) -> Version:
        wanted = select(versions).where(versions.c.project_id == project_id, versions.c.number == number)
        with self._database.reading() as connection:
            row = connection.execute(wanted).one_or_none()
        if row is None:
            raise NotFound("version", number)
        return _version(row)

    def page(self, project_id: str, *, before: int | None, limit: int) -> list[Version]:
        wanted = select(versions).where(versions.c.project_id == project_id)
        if before is not None:
            wanted = wanted.where(versions.c.number < before)
        with self._database.reading() as connection:
            rows = connection.execute(wanted.order_by(versions.c.number.desc()).limit(limit))
            return [_version(row) for row in rows]


def _columns(version: Version) -> dict[str, Any]:
    return {column.name: getattr(version, column.name) for column in versions.columns}


def _version(row: Row[Any]) -> Version:
    return Version(**row._mapping)
