"""Jobs that failed because Label Studio could not be reached are queued again, after a growing wait."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from service.domain.job import JobKind, JobRequest
from service.domain.projects.project import LabelStudioLink
from service.usecases.jobs.back_off import FIRST_WAIT
from tests.contracts.storing import NOON
from tests.service.assembled import World

LINK = LabelStudioLink(key="7.1", project_id=7, hostname="", label_config="<View/>")


class SetClock:
    """A clock that only the test moves."""

    def __init__(self) -> None:
        self.now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def move(self, by: timedelta) -> None:
        self.now += by


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def world(clock: SetClock) -> World:
    world = World(clock=clock)
    world.add_project(label_studio=LINK)
    return world


def fail(world: World, kind: JobKind, **arguments: int) -> None:
    job = world.queue.enqueue(JobRequest(kind=kind, project_id="birds", arguments=arguments))
    world.queue.start(job.id)
    world.queue.fail(job.id, "Label Studio cannot be reached")


def sweep(world: World) -> list[JobKind]:
    return [job.kind for job in world.application.label_studio.resume_failed.sweep()]


def test_a_failed_reconciliation_runs_again_after_a_while(world: World, clock: SetClock) -> None:
    fail(world, JobKind.RECONCILE)

    at_once = sweep(world)
    clock.move(FIRST_WAIT)
    later = sweep(world)

    assert (at_once, later) == ([], [JobKind.RECONCILE])


def test_the_second_failure_in_a_row_waits_longer(world: World, clock: SetClock) -> None:
    fail(world, JobKind.RECONCILE)
    fail(world, JobKind.RECONCILE)

    clock.move(FIRST_WAIT)
    too_early = sweep(world)
    clock.move(FIRST_WAIT)

    assert too_early == []
    assert sweep(world) == [JobKind.RECONCILE]


def test_a_failed_push_starts_over_with_one_ranking(world: World, clock: SetClock) -> None:
    fail(world, JobKind.PUSH, ranking=1)
    clock.move(FIRST_WAIT)

    first = sweep(world)
    clock.move(FIRST_WAIT)
    again = sweep(world)

    assert (first, again) == ([JobKind.RANK], [])


@pytest.mark.parametrize("end", [lambda world, job_id: world.queue.finish(job_id), lambda world, job_id: None])
def test_what_ended_well_or_still_waits_is_left(
    world: World, clock: SetClock, end: Callable[[World, str], None]
) -> None:
    job = world.queue.enqueue(JobRequest(kind=JobKind.RECONCILE, project_id="birds"))
    end(world, job.id)

    clock.move(timedelta(days=1))

    assert sweep(world) == []


def test_projects_without_label_studio_are_none_of_it(world: World, clock: SetClock) -> None:
    world.add_project("alone")
    job = world.queue.enqueue(JobRequest(kind=JobKind.RECONCILE, project_id="alone"))
    world.queue.fail(job.id, "wrong project")

    clock.move(timedelta(days=1))

    assert sweep(world) == []
