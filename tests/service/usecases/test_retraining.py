"""When training is queued without anybody asking."""

from service.adapters.in_memory.job_queue import InMemoryJobQueue
from service.adapters.in_memory.stores import InMemoryStores
from service.domain.project import Project, RetrainingRule
from service.usecases.retraining import Retraining
from tests.contracts.storing import TickingClock, a_project, an_annotation


class World:
    """A project that retrains after two annotations."""

    def __init__(self) -> None:
        clock = TickingClock()
        self.stores = InMemoryStores(clock)
        self.queue = InMemoryJobQueue(clock)
        self.project: Project = a_project(retraining=RetrainingRule(after_annotations=2, after_seconds=3600))
        self.stores.projects.add(self.project)
        self.retraining = Retraining(
            projects=self.stores.projects, annotations=self.stores.annotations, queue=self.queue, clock=clock
        )

    def annotate(self, *external_ids: str) -> None:
        for external_id in external_ids:
            self.stores.annotations.put(an_annotation(external_id))


def test_enough_annotations_queue_one_training() -> None:
    world = World()
    world.annotate("1", "2")

    first, again = world.retraining.consider(world.project), world.retraining.consider(world.project)

    assert first is not None
    assert first == again


def test_too_few_annotations_queue_nothing() -> None:
    world = World()
    world.annotate("1")

    assert world.retraining.sweep() == []


def test_annotations_that_a_running_training_may_have_seen_do_not_queue_another() -> None:
    world = World()
    world.annotate("1", "2")
    [job] = world.retraining.sweep()
    world.queue.start(job.id)

    assert world.retraining.sweep() == []


def test_annotations_that_came_during_a_training_are_counted_after_it() -> None:
    world = World()
    world.annotate("1", "2")
    [job] = world.retraining.sweep()
    world.queue.start(job.id)
    world.annotate("3", "4")
    world.stores.annotations.record_trained_revision(world.project.id, 2)
    world.queue.finish(job.id)

    [next_job] = world.retraining.sweep()

    assert next_job.id != job.id


def test_a_queue_that_is_away_is_left_to_the_next_sweep() -> None:
    world = World()
    world.annotate("1", "2")
    world.queue.available = False

    assert world.retraining.sweep() == []

    world.queue.available = True
    assert len(world.retraining.sweep()) == 1


def test_a_training_that_failed_is_not_queued_again_at_once() -> None:
    world = World()
    world.annotate("1", "2")
    [job] = world.retraining.sweep()
    world.queue.fail(job.id, "the disk is full")

    assert world.retraining.sweep() == []


def test_a_training_that_somebody_cancelled_waits_for_the_next_annotation() -> None:
    world = World()
    world.annotate("1", "2")
    [job] = world.retraining.sweep()
    world.queue.cancel(job.id)

    cancelled = world.retraining.sweep()
    world.annotate("3")

    assert cancelled == []
    assert len(world.retraining.sweep()) == 1
