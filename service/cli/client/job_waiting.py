"""Waits for a job of a running Margin, and shows its progress."""

from collections.abc import Callable

from service.api.job import JobView
from service.cli.client.margin_client import MarginClient
from service.domain.errors import MarginError
from service.domain.job import JobState, Progress

JOB_POLL_SECONDS = 0.5
UNDER_WAY = (JobState.QUEUED, JobState.RUNNING)


class JobFailed(MarginError):
    """A job ended without a result; the message says why."""


def wait_for(client: MarginClient, job: JobView, *, progress: Progress, sleep: Callable[[float], None]) -> None:
    """Ask for the job every JOB_POLL_SECONDS until it has ended.

    Raises: ServiceRefused; JobFailed: the job has no result.
    """
    while job.state in UNDER_WAY:
        progress(job.progress, job.message or f"the job {job.id} is {job.state}")
        sleep(JOB_POLL_SECONDS)
        job = client.job(job.id)
    if job.state != JobState.FINISHED:
        raise JobFailed(f"the job {job.id} {job.state}: {job.error or 'it was stopped'}")
