"""Rankings as the /v1 routes send them."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, Field

from service.domain.ranking.ranking import Explanation, RankedImage, Ranking


class ClosestClassView(BaseModel):
    """A class that an image may show."""

    label: str
    probability: float


class NearestImageView(BaseModel):
    """A labeled image that is near to another image."""

    image: str
    labels: list[str]
    distance: float = Field(description="1 - cosine of the embeddings: 0 is the same, 2 the opposite")


class ExplanationView(BaseModel):
    """Explanation the strategy picked an image."""

    closest_classes: list[ClosestClassView] = Field(
        description="The two most probable classes, most probable first; empty before the first version"
    )
    nearest_labeled: list[NearestImageView] = Field(description="Up to three images, nearest first")
    stands_for: int = Field(
        description="Number of pool images whose nearest picked image this is; 0 if it is a copy of another picked one"
    )

    @classmethod
    def from_why(cls, why: Explanation) -> Self:
        """Make the view of the reasons for an image."""
        return cls(
            closest_classes=[
                ClosestClassView(label=each.label, probability=each.probability) for each in why.closest_classes
            ],
            nearest_labeled=[
                NearestImageView(image=each.image_id, labels=list(each.labels), distance=each.distance)
                for each in why.nearest_labeled
            ],
            stands_for=why.stands_for,
        )


class RankedImageView(BaseModel):
    """One image's place in a ranking; worth (acquisition score) is in 0..1, and 1 is most worth labeling."""

    image: str
    worth: float
    reason: str
    at_random: bool = Field(description="Drawn at random from the whole pool, so that versions can be evaluated on it")
    why: ExplanationView | None = Field(
        description="null if the strategy did not pick the image, or nothing is known of it yet"
    )

    @classmethod
    def from_ranked_image(cls, ranked: RankedImage) -> Self:
        """Make the view of one ranked image; rankings and suggestions share it."""
        return cls(
            image=ranked.image_id,
            worth=ranked.worth,
            reason=ranked.reason,
            at_random=ranked.at_random,
            why=None if ranked.why is None else ExplanationView.from_why(ranked.why),
        )


class RankingView(BaseModel):
    """A page of a stored ranking, the image most worth labeling first."""

    id: int
    version: int | None
    strategy: str
    seed: int
    created_at: datetime
    pool_size: int
    note: str | None = Field(description="Why this strategy was used, if an audit chose it")
    images: list[RankedImageView]
    next: int | None

    @classmethod
    def from_ranking(cls, ranking: Ranking, *, after: int, limit: int) -> Self:
        """Make the view of one page of a ranking.

        Args: after: the place of the first image of this page.
        """
        return cls(
            id=ranking.id,
            version=ranking.version,
            strategy=ranking.strategy,
            seed=ranking.seed,
            created_at=ranking.created_at,
            pool_size=ranking.pool_size,
            note=ranking.note,
            images=[RankedImageView.from_ranked_image(ranked) for ranked in ranking.images],
            next=after + limit if len(ranking.images) == limit else None,
        )
