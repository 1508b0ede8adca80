"""Audits that are queued automatically."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from service.domain.images.image import LabeledImage
from service.domain.job import JobKind
from service.reports.audit.record import audit_record
from service.usecases.audit.queue_audits import QueueAudits
from tests.ml.audited import an_audit, audited
from tests.service.assembled import World


@pytest.fixture
def world() -> World:
    world = World()
    world.add_project(strategy="auto", head="nearest-class-mean")
    return world


def consider(world: World, labels: int, *, classes: int = 3) -> list[JobKind]:
    """Queue an audit if it is due, and return the kinds of the queued jobs."""
    labeled = [
        LabeledImage(image_id=f"{place}", labels=(f"class {place % classes}",), split=None) for place in range(labels)
    ]
    queue_audits = QueueAudits(
        stored_audits=world.application.audit.stored_audits, queue=world.queue, clock=world.clock
    )
    queue_audits.queue_if_due(world.project(), labeled)
    return world.queued(JobKind.AUDIT)


def store_audit_of_300(world: World) -> None:
    found = an_audit(audited("auto", 0.03), strategy="auto")
    record = audit_record(found, title="Birds", created_at=datetime(2026, 3, 1, tzinfo=UTC), left_out=())
    world.application.audit.stored_audits.save("birds", record)


def test_the_first_audit_comes_with_three_hundred_labels(world: World) -> None:
    assert consider(world, 299) == []
    assert consider(world, 300) == [JobKind.AUDIT]


def test_many_classes_need_more(world: World) -> None:
    assert consider(world, 399, classes=40) == []
    assert consider(world, 400, classes=40) == [JobKind.AUDIT]


def test_the_next_one_comes_when_labels_have_doubled(world: World) -> None:
    store_audit_of_300(world)

    assert consider(world, 599) == []
    assert consider(world, 600) == [JobKind.AUDIT]


def test_a_project_that_names_its_strategy_is_not_audited_unasked(world: World) -> None:
    world.stores.projects.update(replace(world.project(), strategy="margin"))

    assert consider(world, 500) == []


def test_one_that_failed_is_not_tried_again_at_once(world: World) -> None:
    consider(world, 300)
    (job,) = world.queue.page(project_id="birds", kind=JobKind.AUDIT, limit=1)
    world.queue.start(job.id)
    world.queue.fail(job.id, "NotReady: unreadable images")

    assert consider(world, 310) == []


def test_training_queues_it(world: World) -> None:
    world.label_colours(100)

    world.train()

    assert world.queued(JobKind.AUDIT) == [JobKind.AUDIT]
