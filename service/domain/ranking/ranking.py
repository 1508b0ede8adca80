"""Rankings: the pool in the order in which it is worth labeling."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from ml.ranking.explanation import ClosestClass


@dataclass(frozen=True, kw_only=True)
class NearestImage:
    """A labeled image that another is near to; distance: 1 - cosine of their embeddings, 0..2."""

    image_id: str
    labels: tuple[str, ...]
    distance: float


@dataclass(frozen=True, kw_only=True)
class Why:
    """What speaks for an image that a strategy picked.

    closest_classes: two, most probable first; one where there is one class, none before the first version.
    nearest_labeled: nearest first; none where nothing is labeled.
    stands_for: images of the pool that it is the nearest picked one of, itself among them; 0 where one that was picked
        before looks the same.
    """

    closest_classes: tuple[ClosestClass, ...]
    nearest_labeled: tuple[NearestImage, ...]
    stands_for: int


@dataclass(frozen=True, kw_only=True)
class RankedImage:
    """One image's place in a ranking; worth is in 0..1, 1 is most worth labeling.

    at_random: drawn from the whole pool at random, to judge by. why: None for images that were not picked.
    """

    image_id: str
    worth: float
    reason: str
    at_random: bool = False
    why: Why | None = None


@dataclass(frozen=True, kw_only=True)
class NewRanking:
    """The result of one strategy over the whole pool; images are in order, most worth labeling first.

    note: why it was this strategy, where the project leaves the choice to "auto" and an audit has decided.
    is_own: of the whole pool as the project itself asks for it, and not by a strategy or number that somebody named.
    """

    project_id: str
    version: int | None
    strategy: str
    seed: int
    created_at: datetime
    pool_size: int
    images: tuple[RankedImage, ...]
    note: str | None = None
    is_own: bool = False


@dataclass(frozen=True, kw_only=True)
class Ranking(NewRanking):
    """A stored ranking, or some of its images."""

    id: int


AT_RANDOM = "chosen at random, to judge fairly"
# Before the first version every class is as likely as the others: two of them would be named for their place alone.
NOTHING_MEASURED = "no version has seen it yet"


def full_reason(measured: str, why: Why | None, *, at_random: bool) -> str:
    """Put together what is known, like "between Coast (41 %) and Open country (38 %); stands for 37 images of ...".

    Args: measured: what the strategy's measure says of the image; it is not why an image was drawn at random.
    """
    return "; ".join([AT_RANDOM if at_random else measured, *(_parts(why) if why else ())])


def _parts(why: Why) -> Iterator[str]:
    if why.nearest_labeled:
        yield f"nearest labeled image: {_nearest(why.nearest_labeled[0])}"
    yield _standing(why.stands_for)


def _nearest(image: NearestImage) -> str:
    return f"{' and '.join(image.labels) or 'without a label'}, distance {image.distance:.2f}"


def _standing(images: int) -> str:
    if not images:
        return "looks like one that is asked for before it"
    return f"stands for {images} image{'' if images == 1 else 's'} of the pool"
