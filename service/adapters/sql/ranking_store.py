"""Keeps the newest rankings of each project in the database, their images as pages of JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, select

from ml.ranking.explanation import ClosestClass
from service.adapters.sql.database import Database
from service.adapters.sql.dialect import require_project
from service.adapters.sql.tables import ranking_pages, rankings
from service.domain.errors import NotFound
from service.domain.ranking.ranking import Explanation, NearestImage, NewRanking, RankedImage, Ranking

# Enough for comparisons with earlier rankings; each may be as long as the pool.
KEPT_PER_PROJECT = 5
# A reader usually wants the first few hundred images.
IMAGES_PER_PAGE = 500


class SqlRankingStore:
    """Rankings in SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, ranking: NewRanking) -> int:
        row = {name: value for name, value in vars(ranking).items() if name != "images"}
        pages = _pages(ranking.images)
        with self._database.writing() as connection:
            require_project(connection, ranking.project_id)
            ranking_id = int(connection.execute(insert(rankings).values(row).returning(rankings.c.id)).scalar_one())
            if pages:
                connection.execute(insert(ranking_pages), [{"ranking_id": ranking_id} | page for page in pages])
            _forget_oldest(connection, ranking.project_id)
        return ranking_id

    def latest(self, project_id: str, *, limit: int, after: int) -> Ranking:
        newest = select(rankings).where(rankings.c.project_id == project_id).order_by(rankings.c.id.desc()).limit(1)
        return self._read(newest, project_id, limit=limit, after=after)

    def latest_own(self, project_id: str, *, version: int, limit: int) -> Ranking:
        own = select(rankings).where(
            rankings.c.project_id == project_id, rankings.c.version == version, rankings.c.is_own
        )
        newest = own.order_by(rankings.c.id.desc()).limit(1)
        return self._read(newest, f"{project_id} by its version {version}", limit=limit, after=0)

    def get(self, project_id: str, ranking_id: int, *, limit: int, after: int) -> Ranking:
        wanted = select(rankings).where(rankings.c.project_id == project_id, rankings.c.id == ranking_id)
        return self._read(wanted, f"{project_id}, {ranking_id}", limit=limit, after=after)

    def _read(self, wanted: Select[Any], name: str, *, limit: int, after: int) -> Ranking:
        with self._database.reading() as connection:
            row = connection.execute(wanted).one_or_none()
            if row is None:
                raise NotFound("ranking of project", name)
            return Ranking(**row._mapping, images=_images(connection, row.id, limit=limit, after=after))


def _pages(images: Sequence[RankedImage]) -> list[dict[str, Any]]:
    return [
        {"page": start // IMAGES_PER_PAGE, "images": encode_page(images[start : start + IMAGES_PER_PAGE])}
        for start in range(0, len(images), IMAGES_PER_PAGE)
    ]


def _forget_oldest(connection: Connection, project_id: str) -> None:
    of_project = select(rankings.c.id).where(rankings.c.project_id == project_id)
    too_old = connection.scalars(of_project.order_by(rankings.c.id.desc()).offset(KEPT_PER_PROJECT)).all()
    connection.execute(delete(rankings).where(rankings.c.id.in_(too_old)))


def _images(connection: Connection, ranking_id: int, *, limit: int, after: int) -> tuple[RankedImage, ...]:
    first, last = after // IMAGES_PER_PAGE, (after + limit) // IMAGES_PER_PAGE
    wanted = (
        select(ranking_pages.c.images)
        .where(ranking_pages.c.ranking_id == ranking_id, ranking_pages.c.page.between(first, last))
        .order_by(ranking_pages.c.page)
    )
    found = [ranked for page in connection.scalars(wanted) for ranked in decode_page(page)]
    start = after - first * IMAGES_PER_PAGE
    return tuple(found[start : start + limit])


def encode_page(images: Sequence[RankedImage]) -> str:
    """Write one list per image: id, worth and reason, and an object with anything else that is known."""
    return json.dumps([_written(image) for image in images], ensure_ascii=False)


def decode_page(page: str) -> list[RankedImage]:
    """Read the images that `encode_page` wrote."""
    return [_read(*image) for image in json.loads(page)]


def _written(image: RankedImage) -> list[Any]:
    known: dict[str, Any] = {}
    if image.at_random:
        known["at_random"] = True
    if image.why is not None:
        known["why"] = asdict(image.why)
    # A pool has up to a million images, of which a few are picked: nothing more is written for the others.
    return [image.image_id, image.worth, image.reason, *([known] if known else [])]


def _read(image_id: str, worth: float, reason: str, known: dict[str, Any] | None = None) -> RankedImage:
    known = known or {}
    why = known.get("why")
    return RankedImage(
        image_id=image_id,
        worth=worth,
        reason=reason,
        at_random=known.get("at_random", False),
        why=None if why is None else _why(why),
    )


def _why(written: dict[str, Any]) -> Explanation:
    return Explanation(
        closest_classes=tuple(ClosestClass(**each) for each in written["closest_classes"]),
        nearest_labeled=tuple(
            NearestImage(image_id=each["image_id"], labels=tuple(each["labels"]), distance=each["distance"])
            for each in written["nearest_labeled"]
        ),
        stands_for=written["stands_for"],
    )
