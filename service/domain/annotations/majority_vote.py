"""What several annotators of one image agree on, and which of two states of one annotation counts."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Vote:
    """One usable annotation's say about its image."""

    labels: tuple[str, ...]
    updated_at: datetime


def votes_among(votes: Sequence[Vote], labels: Collection[str] | None) -> list[Vote]:
    """Take out of the votes what is not among the labels; a vote of which nothing is left does not count."""
    if labels is None:
        return list(votes)
    kept = (replace(vote, labels=tuple(label for label in vote.labels if label in labels)) for vote in votes)
    return [vote for vote in kept if vote.labels]


def agreed_labels(votes: Sequence[Vote]) -> tuple[str, ...]:
    """Find the label set with most votes; of those with as many, the one voted for last. Needs at least one vote."""
    camps: dict[frozenset[str], list[Vote]] = defaultdict(list)
    for vote in votes:
        camps[frozenset(vote.labels)].append(vote)
    winners = max(camps.values(), key=lambda camp: (len(camp), _newest(camp).updated_at, _newest(camp).labels))
    return _newest(winners).labels


def _newest(camp: Sequence[Vote]) -> Vote:
    return max(camp, key=lambda vote: (vote.updated_at, vote.labels))
