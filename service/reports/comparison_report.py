"""A comparison with what its readers ask: of what, when, what was left out, and what it comes to."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter

from ml.comparison import Comparison


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """An image that was not compared on, and why."""

    image: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ComparisonReport:
    """What is stored, sent and printed; verdict: which combination is best, by how much, in one sentence."""

    title: str
    created_at: datetime
    verdict: str
    left_out: tuple[LeftOut, ...]
    comparison: Comparison

    @property
    def mistaken(self) -> list[str]:
        """The images that the best combination got wrong, the surest first."""
        errors = self.comparison.errors
        return [] if errors is None else [mistake.image_id for mistake in errors.mistakes]


_REPORT: TypeAdapter[ComparisonReport] = TypeAdapter(ComparisonReport)


def to_json(report: ComparisonReport) -> bytes:
    """The whole report as JSON, which `from_json` reads again."""
    return _REPORT.dump_json(report, indent=2)


def from_json(content: bytes) -> ComparisonReport:
    """Raises: ValueError: not such a report."""
    return _REPORT.validate_json(content)
