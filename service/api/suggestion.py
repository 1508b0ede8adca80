"""Suggestions as the /v1 routes send them."""

from datetime import datetime

from pydantic import BaseModel, Field

from service.api.ranking import RankedImageView, ranked_image_view
from service.domain.ranking.suggestion import Suggestion, Suggestions


class SuggestionView(RankedImageView):
    """One image to label next, kept for the annotator until a time."""

    place: int | None = Field(description="In the newest ranking, 0 first; null where it has none, then worth is 0")
    leased_until: datetime


class SuggestionsView(BaseModel):
    """What one annotator is given: unfinished images first, then new ones, most worth labeling first."""

    images: list[SuggestionView]
    ranking: int | None = Field(description="The ranking that gave the order, null before the first")
    version: int | None = Field(description="The version that ranked, null where none did")
    leased_to_others: int
    unleased: int | None = Field(
        description="Images of the pool that nobody holds; null when as many came as were asked for"
    )
    note: str | None = Field(description="Why fewer came than were asked for, or that nothing is ranked yet")


def suggestions_view(suggestions: Suggestions) -> SuggestionsView:
    """All that one annotator is told."""
    return SuggestionsView(
        images=[_suggestion_view(suggestion) for suggestion in suggestions.images],
        ranking=suggestions.ranking,
        version=suggestions.version,
        leased_to_others=suggestions.leased_to_others,
        unleased=suggestions.unleased,
        note=suggestions.note,
    )


def _suggestion_view(suggestion: Suggestion) -> SuggestionView:
    shown = ranked_image_view(suggestion.ranked).model_dump()
    return SuggestionView(**shown, place=suggestion.place, leased_until=suggestion.leased_until)
