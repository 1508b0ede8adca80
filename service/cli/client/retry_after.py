"""Reads how long to wait for a busy service: a number of seconds, or until a date."""

import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

USUAL_SECONDS = 1.0
# An upper limit, since a command that waits longer looks as if it hangs.
MOST_SECONDS = 60.0


def seconds_to_wait(retry_after: str, *, now: datetime) -> float:
    """Read the header Retry-After (RFC 9110, section 10.2.3); any other text counts as USUAL_SECONDS.

    Returns: seconds in 0..MOST_SECONDS.
    """
    try:
        seconds = float(retry_after)
    except ValueError:
        seconds = _seconds_until(retry_after, now)
    return USUAL_SECONDS if math.isnan(seconds) else min(max(seconds, 0.0), MOST_SECONDS)


def _seconds_until(date: str, now: datetime) -> float:
    """Return the seconds from now until the date, NaN if it is no date; HTTP dates without a zone are in UTC."""
    try:
        then = parsedate_to_datetime(date)
    except ValueError:
        return math.nan
    return ((then if then.tzinfo else then.replace(tzinfo=UTC)) - now).total_seconds()
