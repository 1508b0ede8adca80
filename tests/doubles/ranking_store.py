"""In-memory double of the ranking store."""

from dataclasses import replace

from service.domain.errors import NotFound
from service.domain.ranking.ranking import NewRanking, Ranking


class InMemoryRankingStore:
    """Keeps rankings in a list; every project id is assumed to exist."""

    def __init__(self) -> None:
        self._rankings: list[Ranking] = []
        self._last_id = 0

    def add(self, ranking: NewRanking) -> int:
        self._last_id += 1
        self._rankings.append(Ranking(id=self._last_id, **vars(ranking)))
        return self._last_id

    def latest(self, project_id: str, *, limit: int, after: int) -> Ranking:
        of_project = [ranking for ranking in self._rankings if ranking.project_id == project_id]
        if not of_project:
            raise NotFound("ranking of project", project_id)
        return replace(of_project[-1], images=of_project[-1].images[after : after + limit])

    def latest_own(self, project_id: str, *, version: int, limit: int) -> Ranking:
        for ranking in reversed(self._rankings):
            if ranking.is_own and (ranking.project_id, ranking.version) == (project_id, version):
                return replace(ranking, images=ranking.images[:limit])
        raise NotFound("ranking of project", f"{project_id} by its version {version}")

    def get(self, project_id: str, ranking_id: int, *, limit: int, after: int) -> Ranking:
        for ranking in self._rankings:
            if (ranking.project_id, ranking.id) == (project_id, ranking_id):
                return replace(ranking, images=ranking.images[after : after + limit])
        raise NotFound("ranking of project", f"{project_id}, {ranking_id}")

    def forget_project(self, project_id: str) -> None:
        """Delete the project's rows, as the database does when a project is deleted."""
        self._rankings = [ranking for ranking in self._rankings if ranking.project_id != project_id]
