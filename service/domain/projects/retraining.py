"""Decides when a project is retrained automatically."""

from datetime import datetime, timedelta

from croniter import croniter

from service.domain.annotations.annotation import AnnotationTally
from service.domain.projects.project import RetrainingRule


def retraining_reason(rule: RetrainingRule, tally: AnnotationTally, *, now: datetime) -> str | None:
    """Return why the project must be retrained now, or None.

    Args: tally: changes since the newest finished training.
    """
    if tally.changed == 0 or tally.last_change is None:
        return None
    if tally.changed >= rule.after_annotations:
        return f"{tally.changed} new annotations, {rule.after_annotations} needed"
    if now - tally.last_change >= timedelta(seconds=rule.after_seconds):
        return f"{tally.changed} new annotations and none for {rule.after_seconds} s"
    if rule.cron is not None and croniter(rule.cron, tally.last_change).get_next(datetime) <= now:
        return f"{tally.changed} new annotations at the scheduled time {rule.cron!r}"
    return None
