"""Suggestions as the /v1 routes send them."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, Field

from service.api.ranking import RankedImageView
from service.domain.ranking.suggestion import Suggestion, Suggestions


class SuggestionView(RankedImageView):
    """One image to label next, kept for the annotator until `leased_until`."""

    place: int | None = Field(
        description="Place in the newest ranking, 0 first; null if it is not in there, and then worth is 0"
    )
    leased_until: datetime

    @classmethod
    def from_suggestion(cls, suggestion: Suggestion) -> Self:
        """Make the view of one suggestion."""
        shown = RankedImageView.from_ranked_image(suggestion.ranked).model_dump()
        return cls(**shown, place=suggestion.place, leased_until=suggestion.leased_until)


class SuggestionsView(BaseModel):
    """The images for one annotator: unfinished ones first, then new ones, most worth labeling first."""

    images: list[SuggestionView]
    ranking: int | None = Field(description="The ranking that gave the order; null before the first one")
    version: int | None = Field(description="The version that made the ranking; null if none did")
    leased_to_others: int
    unleased: int | None = Field(
        description="Number of pool images that nobody holds; null if as many images came as were requested"
    )
    note: str | None = Field(description="Why fewer images came than were requested, or that nothing is ranked yet")

    @classmethod
    def from_suggestions(cls, suggestions: Suggestions) -> Self:
        """Make the view of the suggestions for one annotator."""
        return cls(
            images=[SuggestionView.from_suggestion(suggestion) for suggestion in suggestions.images],
            ranking=suggestions.ranking,
            version=suggestions.version,
            leased_to_others=suggestions.leased_to_others,
            unleased=suggestions.unleased,
            note=suggestions.note,
        )
