"""Rankings: the images of the pool, most worth labeling first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from ml.ranking.explanation import ClosestClass


@dataclass(frozen=True, kw_only=True)
class NearestImage:
    """A labeled image near another image; distance: 1 - cosine similarity of their embeddings, 0..2."""

    image_id: str
    labels: tuple[str, ...]
    distance: float


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Explanation of why a strategy picked an image.

    closest_classes: the two most probable classes, most probable first; one if there is only one class, none before
        the first version.
    nearest_labeled: nearest first; empty if no image is labeled.
    stands_for: number of pool images whose nearest picked image is this one, itself included; 0 if an image picked
        earlier looks the same.
    """

    closest_classes: tuple[ClosestClass, ...]
    nearest_labeled: tuple[NearestImage, ...]
    stands_for: int


@dataclass(frozen=True, kw_only=True)
class RankedImage:
    """One image of a ranking. worth is its acquisition score in 0..1; 1 is most worth labeling.

    at_random: drawn at random from the whole pool, for evaluation. why: None for images that were not picked.
    """

    image_id: str
    worth: float
    reason: str
    at_random: bool = False
    why: Explanation | None = None


@dataclass(frozen=True, kw_only=True)
class NewRanking:
    """The result of one strategy over the whole pool; most worth labeling first.

    note: why this strategy was used, if the project's strategy is "auto" and an audit has decided.
    is_own: ranked with the project's own strategy over the whole pool, not with a strategy or a number of images that
        a request named.
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


AT_RANDOM = "chosen at random, for a fair evaluation"
# Before the first version all classes are equally likely: the two closest would only be the first two of the label set.
NOTHING_MEASURED = "no version has seen it yet"


def full_reason(measured: str, why: Explanation | None, *, at_random: bool) -> str:
    """Join all reasons, like "between Coast (41 %) and Open country (38 %); stands for 37 images of ...".

    Args: measured: reason by the strategy's measure; left out if the image was drawn at random.
    """
    return "; ".join([AT_RANDOM if at_random else measured, *(_parts(why) if why else ())])


def _parts(why: Explanation) -> Iterator[str]:
    if why.nearest_labeled:
        yield f"nearest labeled image: {_nearest(why.nearest_labeled[0])}"
    yield _representativeness(why.stands_for)


def _nearest(image: NearestImage) -> str:
    return f"{' and '.join(image.labels) or 'without a label'}, distance {image.distance:.2f}"


def _representativeness(images: int) -> str:
    if not images:
        return "looks like an image that was picked before it"
    return f"stands for {images} image{'' if images == 1 else 's'} of the pool"
