"""Keeps projects in the database."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import CursorResult, Row, Update, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from service.adapters.sql.database import Database
from service.adapters.sql.tables import projects
from service.domain.errors import AlreadyExists, NotFound
from service.domain.projects.project import Label, LabelStudioLink, Project, RetrainingRule


class SqlProjectStore:
    """Projects in SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, project: Project) -> None:
        values = _columns(project) | {"id": project.id, "current_version": project.current_version}
        try:
            with self._database.writing() as connection:
                connection.execute(insert(projects).values(values))
        except IntegrityError as error:
            raise AlreadyExists(_taken(project)) from error

    def get(self, project_id: str) -> Project:
        with self._database.reading() as connection:
            row = connection.execute(select(projects).where(projects.c.id == project_id)).one_or_none()
        if row is None:
            raise NotFound("project", project_id)
        return _project(row)

    def find_by_label_studio_key(self, key: str) -> Project | None:
        with self._database.reading() as connection:
            row = connection.execute(select(projects).where(projects.c.label_studio_key == key)).one_or_none()
        return None if row is None else _project(row)

    def page(self, *, after: str | None, limit: int) -> list[Project]:
        wanted = select(projects).order_by(projects.c.id).limit(limit)
        if after is not None:
            wanted = wanted.where(projects.c.id > after)
        with self._database.reading() as connection:
            return [_project(row) for row in connection.execute(wanted)]

    def update(self, project: Project) -> None:
        try:
            self._change(project.id, update(projects).values(_columns(project)))
        except IntegrityError as error:
            raise AlreadyExists(_taken(project)) from error

    def set_current_version(self, project_id: str, number: int, *, encoder: str | None = None) -> None:
        values: dict[str, Any] = {"current_version": number} | ({} if encoder is None else {"encoder": encoder})
        self._change(project_id, update(projects).values(values))

    def delete(self, project_id: str) -> None:
        with self._database.writing() as connection:
            _require_one(connection.execute(delete(projects).where(projects.c.id == project_id)), project_id)

    def _change(self, project_id: str, change: Update) -> None:
        with self._database.writing() as connection:
            _require_one(connection.execute(change.where(projects.c.id == project_id)), project_id)


def _require_one(result: CursorResult[Any], project_id: str) -> None:
    if result.rowcount == 0:
        raise NotFound("project", project_id)


def _taken(project: Project) -> str:
    key = project.label_studio.key if project.label_studio else None
    return f"a project {project.id!r}, or one for Label Studio's project {key}, exists already"


def _columns(project: Project) -> dict[str, Any]:
    link = project.label_studio
    return {
        "title": project.title,
        "labels": [asdict(label) for label in project.labels],
        "multi_label": project.multi_label,
        "encoder": project.encoder,
        "head": project.head,
        "strategy": project.strategy,
        "seed": project.seed,
        "coverage": project.coverage,
        "abstain_below": project.abstain_below,
        "retraining": asdict(project.retraining),
        "label_studio_key": link.key if link else None,
        "label_studio": asdict(link) if link else None,
        "created_at": project.created_at,
    }


def _project(row: Row[Any]) -> Project:
    return Project(
        id=row.id,
        title=row.title,
        labels=tuple(_label(label) for label in row.labels),
        multi_label=row.multi_label,
        encoder=row.encoder,
        head=row.head,
        strategy=row.strategy,
        seed=row.seed,
        coverage=row.coverage,
        abstain_below=row.abstain_below,
        retraining=RetrainingRule(**row.retraining),
        current_version=row.current_version,
        label_studio=LabelStudioLink(**row.label_studio) if row.label_studio else None,
        created_at=row.created_at,
    )


def _label(stored: dict[str, Any]) -> Label:
    """Read a label from its JSON; labels of earlier releases have neither parent nor prompts."""
    return Label(**stored | {"prompts": tuple(stored.get("prompts", ()))})
