"""Rankings of a project's pool."""

from typing import Annotated

from fastapi import APIRouter, Query, status
from pydantic import BaseModel, ConfigDict, Field

from ml.strategies.registry import strategy
from service.api.job import JobView
from service.api.ranking import RankingView
from service.domain.job import JobKind, JobRequest
from service.http.dependencies import (
    LARGEST_NUMBER,
    Limit,
    ProjectDependency,
    QueueDependency,
    RankingUseCasesDependency,
)

router = APIRouter(prefix="/v1/projects/{project}/rankings", tags=["rankings"])


class RankingRequest(BaseModel):
    """Options of a ranking; fields that are left out are taken from the project."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"strategy": "entropy", "count": 100, "seed": 0}}
    )

    strategy: str | None = Field(default=None, max_length=200)
    count: int | None = Field(default=None, ge=1, description="Number of images to store; default: all")
    seed: int | None = Field(default=None, ge=0, lt=2**32)


@router.post("", status_code=status.HTTP_202_ACCEPTED)
def rank(project: ProjectDependency, queue: QueueDependency, body: RankingRequest | None = None) -> JobView:
    """Queue a ranking of the whole pool."""
    body = body or RankingRequest()
    if body.strategy is not None:
        strategy(body.strategy)
    arguments = {"strategy_name": body.strategy, "count": body.count, "seed": body.seed}
    given = {name: value for name, value in arguments.items() if value is not None}
    request = JobRequest(kind=JobKind.RANK, project_id=project.id, arguments=given)
    return JobView.from_job(queue.enqueue(request))


@router.get("/latest")
def get_latest_ranking(
    project: ProjectDependency,
    rankings: RankingUseCasesDependency,
    after: Annotated[int, Query(ge=0, le=LARGEST_NUMBER, description="`next` of the page before")] = 0,
    limit: Limit = 100,
) -> RankingView:
    """Return the newest ranking, the image most worth labeling first."""
    ranking = rankings.store.latest(project.id, limit=limit, after=after)
    return RankingView.from_ranking(ranking, after=after, limit=limit)
