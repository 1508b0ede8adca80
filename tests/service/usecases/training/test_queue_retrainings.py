"""Trainings that are queued automatically."""

from service.domain.job import Job, JobKind
from service.domain.projects.project import Project, RetrainingRule
from service.usecases.serving.loaded_encoders import LoadedEncoders
from service.usecases.training.queue_retrainings import QueueRetrainings
from tests.contracts.storing import TickingClock, a_project, an_annotation
from tests.doubles.artifact_store import InMemoryArtifactStore
from tests.doubles.job_queue import InMemoryJobQueue
from tests.doubles.stores import InMemoryStores
from tests.service import assembled
from tests.service.assembled import a_png
from tests.service.colour_encoder import NAME, ColourEncoder


class World:
    """A project that retrains after two annotations."""

    def __init__(self) -> None:
        clock = TickingClock()
        self.stores = InMemoryStores(clock)
        self.queue = InMemoryJobQueue(clock)
        self.project: Project = a_project(retraining=RetrainingRule(after_annotations=2, after_seconds=3600))
        self.stores.projects.add(self.project)
        self.retraining = QueueRetrainings(
            projects=self.stores.projects,
            annotations=self.stores.annotations,
            versions=self.stores.versions,
            encoders=LoadedEncoders(lambda _name: ColourEncoder(), InMemoryArtifactStore()),
            queue=self.queue,
            clock=clock,
        )

    def annotate(self, *external_ids: str) -> None:
        for external_id in external_ids:
            self.stores.annotations.put(an_annotation(external_id))


def test_enough_annotations_queue_one_training() -> None:
    world = World()
    world.annotate("1", "2")

    first, again = world.retraining.queue_if_due(world.project), world.retraining.queue_if_due(world.project)

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


class EncodedWorld(assembled.World):
    """A trained project whose encoder can change under the same name, as with another precision."""

    def __init__(self) -> None:
        super().__init__()
        self.add_project()
        self.label_colours(2)
        self.work()
        self.train()
        self.drop(*JobKind)

    def change_encoder(self, weights: str) -> None:
        """Restart with it: the web process loads it and publishes its identity."""
        self.encoders[NAME] = ColourEncoder(weights=weights)
        self.application = self.another_process()
        self.application.serving.embedder.encoder(NAME)

    def sweep(self) -> list[Job]:
        return self.application.training.retraining.sweep()


def test_a_project_whose_encoder_gives_other_embeddings_is_retrained_and_answers_again() -> None:
    world = EncodedWorld()
    before = world.sweep()
    world.change_encoder("1")

    [job] = world.sweep()
    world.work()

    assert before == []
    assert (job.kind, job.project_id) == (JobKind.TRAIN, "birds")
    assert len(world.application.serving.predictor.classify(world.project(), [a_png()])) == 1
    assert world.sweep() == []


def test_an_encoder_that_changes_back_retrains_again() -> None:
    world = EncodedWorld()
    for weights in ("1", "0"):
        world.change_encoder(weights)
        world.sweep()
        world.work()

    assert world.project().current_version == 3


def test_a_training_for_another_encoder_that_makes_no_version_is_not_queued_for_ever() -> None:
    world = EncodedWorld()
    world.change_encoder("1")
    [job] = world.sweep()
    world.queue.start(job.id)
    running = world.sweep()
    world.queue.finish(job.id, {"version": None})

    assert running == []
    assert world.sweep() == []


def test_a_failed_training_for_another_encoder_is_tried_again_later() -> None:
    world = EncodedWorld()
    world.change_encoder("1")
    [job] = world.sweep()
    world.queue.fail(job.id, "the disk is full")

    at_once = world.sweep()
    for _ in range(40):
        world.clock()

    assert at_once == []
    assert [job.kind for job in world.sweep()] == [JobKind.TRAIN]


def test_the_sweep_loads_no_encoder() -> None:
    world = EncodedWorld()
    world.encoders.clear()
    world.application = world.another_process()

    assert world.sweep() == []
