"""Keeps the newest rankings of each project in the database."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from service.adapters.sql.database import Database
from service.adapters.sql.dialect import require_project
from service.adapters.sql.tables import ranked_images, rankings
from service.domain.errors import NotFound
from service.domain.ranking import RankedImage, Ranking

# Enough to compare with the ones before; each may be as long as the pool.
KEPT_PER_PROJECT = 5


class SqlRankingStore:
    """Rankings in SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        *,
        project_id: str,
        version: int | None,
        strategy: str,
        seed: int,
        created_at: datetime,
        pool_size: int,
        images: Sequence[RankedImage],
    ) -> int:
        ranking = insert(rankings).values(
            project_id=project_id,
            version=version,
            strategy=strategy,
            seed=seed,
            created_at=created_at,
            pool_size=pool_size,
        )
        with self._database.writing() as connection:
            require_project(connection, project_id)
            ranking_id = int(connection.execute(ranking.returning(rankings.c.id)).scalar_one())
            _add_images(connection, ranking_id, images)
            _forget_oldest(connection, project_id)
        return ranking_id

    def latest(self, project_id: str, *, limit: int, after: int) -> Ranking:
        newest = select(rankings).where(rankings.c.project_id == project_id).order_by(rankings.c.id.desc()).limit(1)
        with self._database.reading() as connection:
            row = connection.execute(newest).one_or_none()
            if row is None:
                raise NotFound("ranking of project", project_id)
            return Ranking(**row._mapping, images=_images(connection, row.id, limit=limit, after=after))


def _add_images(connection: Connection, ranking_id: int, images: Sequence[RankedImage]) -> None:
    if not images:
        return
    rows = [
        {"ranking_id": ranking_id, "place": i, "image_id": image.image_id, "worth": image.worth, "reason": image.reason}
        for i, image in enumerate(images)
    ]
    connection.execute(insert(ranked_images), rows)


def _forget_oldest(connection: Connection, project_id: str) -> None:
    of_project = select(rankings.c.id).where(rankings.c.project_id == project_id)
    too_old = connection.scalars(of_project.order_by(rankings.c.id.desc()).offset(KEPT_PER_PROJECT)).all()
    connection.execute(delete(rankings).where(rankings.c.id.in_(too_old)))


def _images(connection: Connection, ranking_id: int, *, limit: int, after: int) -> tuple[RankedImage, ...]:
    wanted = (
        select(ranked_images.c.image_id, ranked_images.c.worth, ranked_images.c.reason)
        .where(ranked_images.c.ranking_id == ranking_id, ranked_images.c.place >= after)
        .order_by(ranked_images.c.place)
        .limit(limit)
    )
    return tuple(RankedImage(**row._mapping) for row in connection.execute(wanted))
