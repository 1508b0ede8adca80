"""Computes the score that Label Studio orders tasks by: 1 minus how much an image is worth labeling, lowest first."""

from dataclasses import dataclass

# A task that nothing is known of comes last, not first.
LAST = 1.0


@dataclass(frozen=True, kw_only=True)
class QueryPriority:
    """How much an image is worth labeling, 0..1, and why; reason: None where no ranking asks for it."""

    worth: float
    reason: str | None

    @property
    def score(self) -> float:
        """The score that gives a task its place: Label Studio serves the lowest first."""
        return 1 - self.worth
