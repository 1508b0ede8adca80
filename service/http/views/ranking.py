"""Rankings as the /v1 routes send them."""

from datetime import datetime

from pydantic import BaseModel

from service.domain.ranking import RankedImage, Ranking


class RankedImageView(BaseModel):
    """One image's place in a ranking; worth is in 0..1, 1 is most worth labeling."""

    image: str
    worth: float
    reason: str


class RankingView(BaseModel):
    """A page of a stored ranking, most worth labeling first."""

    id: int
    version: int | None
    strategy: str
    seed: int
    created_at: datetime
    pool_size: int
    images: list[RankedImageView]
    next: int | None


def ranking_view(ranking: Ranking, *, after: int, limit: int) -> RankingView:
    """Args: after: the place of the first image of this page."""
    return RankingView(
        id=ranking.id,
        version=ranking.version,
        strategy=ranking.strategy,
        seed=ranking.seed,
        created_at=ranking.created_at,
        pool_size=ranking.pool_size,
        images=[ranked_image_view(ranked) for ranked in ranking.images],
        next=after + limit if len(ranking.images) == limit else None,
    )


def ranked_image_view(ranked: RankedImage) -> RankedImageView:
    """One image as every list that follows a ranking shows it."""
    return RankedImageView(image=ranked.image_id, worth=ranked.worth, reason=ranked.reason)
