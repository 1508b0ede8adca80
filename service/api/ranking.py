"""Rankings as the /v1 routes send them."""

from datetime import datetime

from pydantic import BaseModel, Field

from service.domain.ranking.ranking import RankedImage, Ranking, Why


class ClosestClassView(BaseModel):
    """A class that an image may show."""

    label: str
    probability: float


class NearestImageView(BaseModel):
    """A labeled image that another is near to."""

    image: str
    labels: list[str]
    distance: float = Field(description="1 - cosine of the embeddings: 0 is the same, 2 the opposite")


class WhyView(BaseModel):
    """What speaks for an image that the strategy picked."""

    closest_classes: list[ClosestClassView] = Field(description="Two, most probable first; none before a version")
    nearest_labeled: list[NearestImageView] = Field(description="Up to three, nearest first")
    stands_for: int = Field(
        description="Images of the pool that it is the nearest picked one of; 0 for a copy of one picked"
    )


class RankedImageView(BaseModel):
    """One image's place in a ranking; worth is in 0..1, 1 is most worth labeling."""

    image: str
    worth: float
    reason: str
    at_random: bool = Field(description="Drawn from the whole pool at random, to judge versions by")
    why: WhyView | None = Field(
        description="null where the strategy did not pick the image, or nothing is known of it yet"
    )


class RankingView(BaseModel):
    """A page of a stored ranking, most worth labeling first."""

    id: int
    version: int | None
    strategy: str
    seed: int
    created_at: datetime
    pool_size: int
    note: str | None = Field(description="Why it is by this strategy, where an audit has decided")
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
        note=ranking.note,
        images=[ranked_image_view(ranked) for ranked in ranking.images],
        next=after + limit if len(ranking.images) == limit else None,
    )


def ranked_image_view(ranked: RankedImage) -> RankedImageView:
    """One image as every list that follows a ranking shows it."""
    return RankedImageView(
        image=ranked.image_id,
        worth=ranked.worth,
        reason=ranked.reason,
        at_random=ranked.at_random,
        why=None if ranked.why is None else _why_view(ranked.why),
    )


def _why_view(why: Why) -> WhyView:
    return WhyView(
        closest_classes=[
            ClosestClassView(label=each.label, probability=each.probability) for each in why.closest_classes
        ],
        nearest_labeled=[
            NearestImageView(image=each.image_id, labels=list(each.labels), distance=each.distance)
            for each in why.nearest_labeled
        ],
        stands_for=why.stands_for,
    )
