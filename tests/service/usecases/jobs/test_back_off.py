"""Jobs that fail several times in a row wait longer each time."""

from datetime import datetime, timedelta

import pytest

from service.domain.job import Job, JobKind, JobState
from service.usecases.jobs.back_off import FIRST_WAIT, LONGEST_WAIT, RecentJobs, retry_time
from tests.contracts.storing import NOON


def a_job(state: JobState, ended_at: datetime | None = NOON) -> Job:
    return Job(
        id="1",
        kind=JobKind.RECONCILE,
        project_id="birds",
        state=state,
        progress=0,
        message=None,
        error=None,
        result=None,
        created_at=NOON,
        started_at=NOON,
        ended_at=ended_at,
    )


@pytest.mark.parametrize(
    ("failures", "wait"), [(1, FIRST_WAIT), (2, 2 * FIRST_WAIT), (3, 4 * FIRST_WAIT), (8, LONGEST_WAIT)]
)
def test_each_failure_in_a_row_doubles_the_wait_up_to_the_longest(failures: int, wait: timedelta) -> None:
    jobs = [a_job(JobState.FAILED)] * failures + [a_job(JobState.FINISHED)]

    assert retry_time(jobs) == NOON + wait


@pytest.mark.parametrize("state", [state for state in JobState if state is not JobState.FAILED])
def test_what_did_not_fail_last_needs_no_wait(state: JobState) -> None:
    assert retry_time([a_job(state), a_job(JobState.FAILED)]) is None


def test_nothing_that_ran_needs_no_wait() -> None:
    assert retry_time([]) is None


def test_a_failure_waits_and_then_may_be_tried_again() -> None:
    failed = [a_job(JobState.FAILED)]
    soon, later = (RecentJobs(jobs=failed, now=NOON + FIRST_WAIT + more) for more in (timedelta(-1), timedelta()))

    assert (soon.must_wait, soon.may_retry) == (True, False)
    assert (later.must_wait, later.may_retry) == (False, True)


def test_what_did_not_fail_neither_waits_nor_is_tried_again() -> None:
    recent = RecentJobs(jobs=[a_job(JobState.RUNNING), a_job(JobState.FAILED)], now=NOON)

    assert (recent.is_running, recent.must_wait, recent.may_retry) == (True, False, False)
