"""Suggests the next images to each annotator, so that several can label at once."""

from typing import Annotated

from fastapi import APIRouter, Query, status
from pydantic import BaseModel, ConfigDict, Field

from service.api.suggestion import SuggestionsView
from service.http.dependencies import WITHOUT_NUL, ProjectDependency, RankingUseCasesDependency

router = APIRouter(prefix="/v1/projects/{project}/suggestions", tags=["suggestions"])

MOST_SUGGESTED = 500
# A day: an annotator who is away for longer asks again.
LONGEST_MINUTES = 24 * 60


class SuggestionRequest(BaseModel):
    """The annotator who asks, the number of images, and for how many minutes they are kept from others."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"annotator": "ada", "count": 10, "minutes": 10}}
    )

    annotator: str = Field(min_length=1, max_length=200, pattern=WITHOUT_NUL)
    count: int = Field(default=10, ge=1, le=MOST_SUGGESTED)
    minutes: int = Field(default=10, ge=1, le=LONGEST_MINUTES)


@router.post("")
def suggest(
    project: ProjectDependency, rankings: RankingUseCasesDependency, body: SuggestionRequest
) -> SuggestionsView:
    """Lease the next images to an annotator: first the unfinished ones, then new ones from the newest ranking."""
    return SuggestionsView.from_suggestions(
        rankings.suggest_images.suggest(project.id, annotator=body.annotator, count=body.count, minutes=body.minutes)
    )


@router.delete("", status_code=status.HTTP_204_NO_CONTENT)
def give_back(
    project: ProjectDependency,
    rankings: RankingUseCasesDependency,
    annotator: Annotated[str, Query(min_length=1, max_length=200, pattern=WITHOUT_NUL)],
) -> None:
    """Give back all images that are leased to an annotator."""
    rankings.suggest_images.give_back(project.id, annotator=annotator)
