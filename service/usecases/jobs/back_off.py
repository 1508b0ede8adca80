"""Exponential back-off: decides when failed jobs may be queued again automatically."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

from service.domain.job import Job, JobKind, JobState
from service.ports import JobQueue

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=10)
# After this many failures in a row the wait is the longest one; reading more jobs changes nothing.
FAILURES_THAT_COUNT = 8


@dataclass(frozen=True, kw_only=True)
class RecentJobs:
    """The newest jobs of one kind of a project, newest first; they decide whether another may be queued."""

    jobs: Sequence[Job]
    now: datetime

    @property
    def is_running(self) -> bool:
        """True if one of them runs."""
        return any(job.state is JobState.RUNNING for job in self.jobs)

    @property
    def must_wait(self) -> bool:
        """True if the newest job failed and the wait is not over."""
        may_retry_at = retry_time(self.jobs)
        return may_retry_at is not None and self.now < may_retry_at

    @property
    def may_retry(self) -> bool:
        """True if the newest job failed and the wait is over."""
        may_retry_at = retry_time(self.jobs)
        return may_retry_at is not None and self.now >= may_retry_at


def recent_jobs(queue: JobQueue, project_id: str, kind: JobKind, *, now: datetime) -> RecentJobs:
    """Read the newest jobs, as many as the back-off needs. Raises: QueueUnavailable."""
    return RecentJobs(jobs=queue.page(project_id=project_id, kind=kind, limit=FAILURES_THAT_COUNT), now=now)


def retry_time(newest_first: Sequence[Job]) -> datetime | None:
    """Return the earliest time to queue the job again; None if the newest job did not fail."""
    failed = list(takewhile(lambda job: job.state is JobState.FAILED, newest_first))
    if not failed or failed[0].ended_at is None:
        return None
    wait: timedelta = min(FIRST_WAIT * 2 ** (len(failed) - 1), LONGEST_WAIT)
    return failed[0].ended_at + wait
