"""Suggestions: the images that one annotator is asked to label next."""

from dataclasses import dataclass
from datetime import datetime

from service.domain.ranking.ranking import RankedImage


@dataclass(frozen=True, kw_only=True)
class PlacedImage:
    """One image with its place in the newest ranking, 0 first; None if it is not in it, and then its worth is 0."""

    ranked: RankedImage
    place: int | None


@dataclass(frozen=True, kw_only=True)
class Suggestion(PlacedImage):
    """One image that an annotator is asked to label, and the time until which nobody else is asked."""

    leased_until: datetime


@dataclass(frozen=True, kw_only=True)
class Suggestions:
    """All suggestions for one annotator.

    ranking, version: those that give the order, None if nothing is ranked; leased_to_others: number of images that
    other annotators hold; unleased: number of pool images that nobody holds, None if the annotator got as many images
    as requested; note: a sentence for the annotator, if there is something to know.
    """

    ranking: int | None
    version: int | None
    images: tuple[Suggestion, ...]
    leased_to_others: int
    unleased: int | None
    note: str | None


def unplaced(image_id: str, reason: str) -> PlacedImage:
    """Make an entry for an image that is not in the newest ranking."""
    return PlacedImage(ranked=RankedImage(image_id=image_id, worth=0.0, reason=reason), place=None)


def note_of(*, is_ranked: bool, given: int, leased_to_others: int, unleased: int | None) -> str | None:
    """Explain the order if there is no ranking, and why there are fewer images than requested."""
    sentences = [] if is_ranked else ["nothing is ranked yet: these come in order of image id"]
    if unleased is not None:
        sentences.append(_reason_for_fewer(given, leased_to_others, unleased))
    return "; ".join(sentences) or None


def _reason_for_fewer(given: int, leased_to_others: int, unleased: int) -> str:
    if given + leased_to_others + unleased == 0:
        return "the pool is empty: every readable image is annotated or skipped"
    others = f"{leased_to_others} of its images are leased to other annotators"
    if unleased == 0:
        return f"no further image of the pool is free: {others}"
    return f"the newest ranking has no more images, but {unleased} of the pool are free ({others}): rank again"
