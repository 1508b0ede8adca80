"""Reads when a busy service says to come again: after a number of seconds, or at a date."""

import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

USUAL_SECONDS = 1.0
# Whatever a service says: a command that waits longer looks as if it hung.
MOST_SECONDS = 60.0


def seconds_to_wait(retry_after: str, *, now: datetime) -> float:
    """Read the header Retry-After (RFC 9110, section 10.2.3); anything else counts as USUAL_SECONDS.

    Returns: seconds in 0..MOST_SECONDS.
    """
    try:
        seconds = float(retry_after)
    except ValueError:
        seconds = _seconds_until(retry_after, now)
    return USUAL_SECONDS if math.isnan(seconds) else min(max(seconds, 0.0), MOST_SECONDS)


def _seconds_until(date: str, now: datetime) -> float:
    """Seconds from now until the date, NaN if it is no date; a date without a zone is in UTC, as HTTP has it."""
    try:
        then = parsedate_to_datetime(date)
    except ValueError:
        return math.nan
    return ((then if then.tzinfo else then.replace(tzinfo=UTC)) - now).total_seconds()
