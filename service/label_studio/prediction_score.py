"""Computes the score by which Label Studio orders tasks, lowest first: 1 - worth."""

from dataclasses import dataclass

# The score of a task about which nothing is known: it is served last, not first.
LAST = 1.0


@dataclass(frozen=True, kw_only=True)
class QueryPriority:
    """Worth of labeling an image (its acquisition score, 0..1), with the reason; None if no ranking gave one."""

    worth: float
    reason: str | None

    @property
    def score(self) -> float:
        """Score that gives a task its place in the order: Label Studio serves the lowest first."""
        return 1 - self.worth
