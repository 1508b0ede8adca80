"""Rankings: the pool in the order in which it is worth labeling."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class RankedImage:
    """One image's place in a ranking; worth is in 0..1, 1 is most worth labeling."""

    image_id: str
    worth: float
    reason: str


@dataclass(frozen=True, kw_only=True)
class NewRanking:
    """The result of one strategy over the whole pool; images are in order, most worth labeling first."""

    project_id: str
    version: int | None
    strategy: str
    seed: int
    created_at: datetime
    pool_size: int
    images: tuple[RankedImage, ...]


@dataclass(frozen=True, kw_only=True)
class Ranking(NewRanking):
    """A stored ranking, or some of its images."""

    id: int
