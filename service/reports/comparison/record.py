"""A comparison with title, date, left-out images and verdict."""

from dataclasses import dataclass
from datetime import datetime

from ml.comparison.results import Comparison
from service.reports.comparison.verdict import comparison_verdict
from service.reports.left_out import LeftOut


@dataclass(frozen=True, kw_only=True)
class ComparisonRecord:
    """A comparison as it is stored and sent; verdict: the best combination and its lead, in one sentence."""

    title: str
    created_at: datetime
    verdict: str
    left_out: tuple[LeftOut, ...]
    comparison: Comparison

    @property
    def mistaken(self) -> list[str]:
        """Return the images that the best combination got wrong, the most confident mistakes first."""
        errors = self.comparison.errors
        return [] if errors is None else [mistake.image_id for mistake in errors.mistakes]


def comparison_record(
    comparison: Comparison, *, title: str, created_at: datetime, left_out: tuple[LeftOut, ...]
) -> ComparisonRecord:
    """Make the record of a comparison, with its verdict."""
    return ComparisonRecord(
        title=title,
        created_at=created_at,
        verdict=comparison_verdict(comparison),
        left_out=left_out,
        comparison=comparison,
    )
