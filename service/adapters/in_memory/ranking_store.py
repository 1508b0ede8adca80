"""A double that keeps rankings in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from service.domain.errors import NotFound
from service.domain.ranking import RankedImage, Ranking


class InMemoryRankingStore:
    """Rankings in a list; any project id is taken to exist."""

    def __init__(self) -> None:
        self._rankings: list[Ranking] = []
        self._last_id = 0

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
        self._last_id += 1
        ranking = Ranking(
            id=self._last_id,
            project_id=project_id,
            version=version,
            strategy=strategy,
            seed=seed,
            created_at=created_at,
            pool_size=pool_size,
            images=tuple(images),
        )
        self._rankings.append(ranking)
        return ranking.id

    def latest(self, project_id: str, *, limit: int, after: int) -> Ranking:
        of_project = [ranking for ranking in self._rankings if ranking.project_id == project_id]
        if not of_project:
            raise NotFound("ranking of project", project_id)
        return replace(of_project[-1], images=of_project[-1].images[after : after + limit])

    def get(self, project_id: str, ranking_id: int, *, limit: int, after: int) -> Ranking:
        for ranking in self._rankings:
            if (ranking.project_id, ranking.id) == (project_id, ranking_id):
                return replace(ranking, images=ranking.images[after : after + limit])
        raise NotFound("ranking of project", f"{project_id}, {ranking_id}")

    def forget_project(self, project_id: str) -> None:
        """What the database does when a project is deleted."""
        self._rankings = [ranking for ranking in self._rankings if ranking.project_id != project_id]
