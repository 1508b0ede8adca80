"""The rule that decides when a project is retrained."""

from datetime import timedelta

import pytest

from service.domain.annotations.annotation import AnnotationTally
from service.domain.projects.project import RetrainingRule
from service.domain.projects.retraining import retraining_reason
from tests.contracts.storing import NOON, after_noon

RULE = RetrainingRule(after_annotations=10, after_seconds=60)


def tally(changed: int) -> AnnotationTally:
    return AnnotationTally(revision=100, changed=changed, last_change=NOON if changed else None)


@pytest.mark.parametrize(
    ("changed", "seconds_later", "due"),
    [(0, 10_000, False), (1, 59, False), (1, 60, True), (9, 0, False), (10, 0, True), (11, 0, True)],
)
def test_enough_annotations_or_enough_silence_is_a_reason(changed: int, seconds_later: float, due: bool) -> None:
    reason = retraining_reason(RULE, tally(changed), now=after_noon(seconds_later))

    assert (reason is not None) is due


def test_a_scheduled_time_is_a_reason_once_it_has_come() -> None:
    rule = RetrainingRule(after_annotations=100, after_seconds=10**6, cron="0 13 * * *")

    before = retraining_reason(rule, tally(1), now=NOON + timedelta(minutes=59))
    after = retraining_reason(rule, tally(1), now=NOON + timedelta(minutes=60))

    assert before is None
    assert after is not None


def test_the_reason_says_what_was_counted() -> None:
    assert retraining_reason(RULE, tally(12), now=NOON) == "12 new annotations, 10 needed"
