"""Finds the labels that the annotators of one image agree on (majority vote).

Stores apply it as they read annotations: use cases get the labels.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Vote:
    """The labels of one usable annotation, which count as one vote."""

    labels: tuple[str, ...]
    updated_at: datetime


def votes_among(votes: Sequence[Vote], labels: Collection[str] | None) -> list[Vote]:
    """Remove all other labels from the votes; a vote without any label left does not count."""
    if labels is None:
        return list(votes)
    kept = (replace(vote, labels=tuple(label for label in vote.labels if label in labels)) for vote in votes)
    return [vote for vote in kept if vote.labels]


def agreed_labels(votes: Sequence[Vote]) -> tuple[str, ...]:
    """Find the set of labels with most votes; on a tie the one with the newest vote. Needs at least one vote."""
    groups: dict[frozenset[str], list[Vote]] = defaultdict(list)
    for vote in votes:
        groups[frozenset(vote.labels)].append(vote)
    winners = max(groups.values(), key=lambda group: (len(group), _newest(group).updated_at, _newest(group).labels))
    return _newest(winners).labels


def _newest(votes: Sequence[Vote]) -> Vote:
    return max(votes, key=lambda vote: (vote.updated_at, vote.labels))
