"""Keeps leases in the database, so that annotators who ask at the same time get different images."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Select, delete, select

from service.adapters.sql.database import Database
from service.adapters.sql.dialect import insert_or, lock_project, pieces
from service.adapters.sql.image_state import is_in_pool
from service.adapters.sql.tables import images, leases
from service.domain.ranking.lease import Lease


class SqlLeaseStore:
    """Leases in SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def held(self, project_id: str, *, at: datetime) -> list[Lease]:
        of_project = select(leases.c.image_id, leases.c.annotator, leases.c.until).where(
            leases.c.project_id == project_id, leases.c.until > at, leases.c.image_id.in_(_in_pool(project_id))
        )
        with self._database.reading() as connection:
            return [Lease(**row._mapping) for row in connection.execute(of_project.order_by(leases.c.image_id))]

    def take(
        self, project_id: str, image_ids: Sequence[str], *, annotator: str, most: int, at: datetime, until: datetime
    ) -> list[Lease]:
        with self._database.writing() as connection:
            # Requests at the same time wait here; on SQLite the transaction itself has locked the file.
            lock_project(connection, project_id)
            _delete_ended(connection, project_id, at)
            free = _free_for(connection, project_id, image_ids, annotator)
            taken = [
                Lease(image_id=image_id, annotator=annotator, until=until)
                for image_id in dict.fromkeys(image_ids)
                if image_id in free
            ][:most]
            _save(connection, project_id, taken)
        return taken

    def give_back(self, project_id: str, *, annotator: str) -> None:
        own = delete(leases).where(leases.c.project_id == project_id, leases.c.annotator == annotator)
        with self._database.writing() as connection:
            connection.execute(own)


def _in_pool(project_id: str) -> Select[tuple[str]]:
    """Select the leased images that are in the pool."""
    leased = select(leases.c.image_id).where(leases.c.project_id == project_id)
    return select(images.c.id).where(images.c.project_id == project_id, images.c.id.in_(leased), is_in_pool())


def _delete_ended(connection: Connection, project_id: str, at: datetime) -> None:
    has_ended = (leases.c.until <= at) | leases.c.image_id.not_in(_in_pool(project_id))
    connection.execute(delete(leases).where(leases.c.project_id == project_id, has_ended))


def _free_for(connection: Connection, project_id: str, image_ids: Sequence[str], annotator: str) -> set[str]:
    of_others = select(leases.c.image_id).where(leases.c.project_id == project_id, leases.c.annotator != annotator)
    in_pool = select(images.c.id).where(images.c.project_id == project_id, is_in_pool())
    return {
        image_id
        for some in pieces(image_ids)
        for image_id in connection.scalars(in_pool.where(images.c.id.in_(some), images.c.id.not_in(of_others)))
    }


def _save(connection: Connection, project_id: str, taken: Sequence[Lease]) -> None:
    if not taken:
        return
    statement = insert_or(connection, leases)
    changed = {"annotator": statement.excluded.annotator, "until": statement.excluded.until}
    renewing = statement.on_conflict_do_update(index_elements=["project_id", "image_id"], set_=changed)
    connection.execute(renewing, [{"project_id": project_id} | vars(lease) for lease in taken])
