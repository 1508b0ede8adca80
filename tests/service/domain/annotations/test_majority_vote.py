"""The labels that several annotators agree on."""

from datetime import UTC, datetime

import pytest

from service.domain.annotations.annotation import AnnotationState
from service.domain.annotations.deduplication import supersedes
from service.domain.annotations.majority_vote import Vote, agreed_labels
from tests.contracts.storing import NOON, after_noon, an_annotation


def a_vote(*labels: str, after: float = 0) -> Vote:
    return Vote(labels=labels, updated_at=after_noon(after))


@pytest.mark.parametrize(
    ("votes", "agreed"),
    [
        ([a_vote("owl")], ("owl",)),
        ([a_vote("owl"), a_vote("jay"), a_vote("owl")], ("owl",)),
        ([a_vote("owl", after=1), a_vote("jay", after=2)], ("jay",)),
        ([a_vote("jay", after=2), a_vote("owl", after=1)], ("jay",)),
        ([a_vote("owl", "jay"), a_vote("jay", "owl", after=1), a_vote("owl", after=2)], ("jay", "owl")),
    ],
)
def test_most_votes_win_and_on_a_tie_the_newest(votes: list[Vote], agreed: tuple[str, ...]) -> None:
    assert agreed_labels(votes) == agreed


def test_votes_of_one_instant_are_decided_alike_in_whatever_order() -> None:
    votes = [a_vote("owl"), a_vote("jay")]

    assert agreed_labels(votes) == agreed_labels(votes[::-1])


@pytest.mark.parametrize(
    ("incoming", "known", "wins"),
    [
        (an_annotation(updated_at=after_noon(1)), an_annotation(), True),
        (an_annotation(), an_annotation(updated_at=after_noon(1)), False),
        (an_annotation(), an_annotation(), False),
        (an_annotation("1", "jay"), an_annotation("1", "owl"), True),
        (an_annotation(), an_annotation(state=AnnotationState.DELETED), False),
        (an_annotation(updated_at=datetime(2027, 1, 1, tzinfo=UTC)), an_annotation(updated_at=NOON), True),
    ],
)
def test_the_newer_state_counts_and_a_deletion_wins_its_instant(incoming: object, known: object, wins: bool) -> None:
    assert supersedes(incoming, known) is wins  # type: ignore[arg-type]  # what the table above holds
