"""When work that failed may be tried again without anybody asking: each time in a row later than the time before."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import takewhile

from service.domain.job import Job, JobState

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=10)
# With so many failures in a row the wait has reached its longest; reading more of them changes nothing.
FAILURES_THAT_COUNT = 8


def may_run_again_at(newest_first: Sequence[Job]) -> datetime | None:
    """The time before which nothing should be queued again; None when the newest job did not fail.

    Args: newest_first: jobs of one kind and project, at least FAILURES_THAT_COUNT of them where there are so many.
    """
    failed = list(takewhile(lambda job: job.state is JobState.FAILED, newest_first))
    if not failed or failed[0].ended_at is None:
        return None
    wait: timedelta = min(FIRST_WAIT * 2 ** (len(failed) - 1), LONGEST_WAIT)
    return failed[0].ended_at + wait
