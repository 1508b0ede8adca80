"""The train job: its requirements, its promotions, and its strict separation of training and held-out images."""

import logging
from dataclasses import replace
from typing import Any

import pytest

from ml.classifier.saved_version import HEAD_TENSORS
from service.domain.artifact_keys import version_key
from service.domain.images.image import Split
from service.domain.job import JobKind
from tests.service.assembled import LABELS, World, a_png
from tests.service.colour_encoder import NAME, ColourEncoder


@pytest.fixture
def world() -> World:
    world = World()
    world.add_project()
    return world


def splits(world: World) -> dict[str, Split | None]:
    return {image.image_id: image.split for image in world.stores.images.labeled("birds")}


def tensors(world: World, number: int) -> bytes:
    return world.artifacts.get(version_key("birds", number, HEAD_TENSORS))


def test_the_first_version_is_promoted_and_the_pool_ranked(world: World) -> None:
    world.label_colours(4)

    outcome = world.train()

    assert outcome == {"version": 1, "promoted": True, "reasons": ["it is the first version"]}
    assert world.project().current_version == 1
    assert world.queued() == [JobKind.RANK]


def test_one_label_in_each_of_two_classes_is_enough(world: World) -> None:
    world.label_colours(1, "red", "green")

    assert world.train()["promoted"]
    assert world.stores.versions.get("birds", 1).evaluation is None


def test_a_version_promises_the_coverage_that_its_project_asks_for(world: World) -> None:
    world.stores.projects.update(replace(world.project(), coverage=0.8))
    world.label_colours(40)

    world.train()

    evaluation = world.stores.versions.get("birds", 1).evaluation
    assert evaluation is not None
    assert evaluation["label_sets"]["promised"] == 0.8
    assert evaluation["label_sets"]["coverage"] >= evaluation["accuracy"]


@pytest.mark.parametrize("colours", [[], ["red"]])
def test_with_less_there_is_a_reason_and_no_version(colours: list[str], world: World) -> None:
    for colour in colours:
        world.label_colours(3, colour)

    outcome = world.train()

    assert (outcome["version"], outcome["promoted"]) == (None, False)
    assert outcome["reasons"]
    assert world.stores.versions.page("birds", before=None, limit=1) == []
    assert world.project().current_version is None


def test_annotations_that_were_too_few_are_not_tried_again_until_there_are_more(world: World) -> None:
    world.label_colours(1, "red")
    world.train()

    assert (
        world.stores.annotations.tally(
            "birds", since_revision=world.stores.annotations.trained_revision("birds")
        ).changed
        == 0
    )


def test_a_label_without_annotations_is_never_likely(world: World) -> None:
    world.label_colours(4, "red", "green")
    world.train()

    (prediction,) = world.application.serving.predictor.classify(world.project(), [a_png("blue")])

    assert not isinstance(prediction, Exception)
    assert prediction.probabilities[LABELS.index("blue")] == pytest.approx(0, abs=1e-9)
    assert sum(prediction.probabilities) == pytest.approx(1)


def test_the_same_annotations_give_the_same_version(world: World) -> None:
    world.label_colours(8)
    world.train()

    world.train()

    assert tensors(world, 1) == tensors(world, 2)


def test_the_order_in_which_annotations_came_does_not_matter(world: World) -> None:
    other = World()
    other.add_project()
    world.label_colours(4, "red", "green", "blue")
    other.label_colours(4, "blue", "red", "green")

    world.train()
    other.train()

    assert tensors(world, 1) == tensors(other, 1)


def test_held_out_images_stay_held_out_for_ever(world: World) -> None:
    world.label_colours(10)
    world.train()
    first = splits(world)

    world.label_colours(10, first=10)
    world.train()

    assert set(first.values()) == {Split.TRAIN, Split.HELD_OUT}
    assert first.items() <= splits(world).items()


def test_held_out_images_are_never_trained_on(world: World) -> None:
    world.label_colours(10)
    world.train()
    held_out = [image_id for image_id, split in splits(world).items() if split is Split.HELD_OUT]
    before = tensors(world, 1)

    for image_id in held_out:
        world.annotate(image_id, "red")
    world.train()

    assert tensors(world, 2) == before


def train_a_worse_candidate(world: World) -> dict[str, Any]:
    """Train version 2 on wrong labels (the next colour's) while the held-out images keep the right ones."""
    world.label_colours(40)
    world.train()
    train_part = [image_id for image_id, split in splits(world).items() if split is Split.TRAIN]
    for image_id in train_part:
        (truth,) = world.stores.images.get("birds", image_id).labels
        world.annotate(image_id, LABELS[(LABELS.index(truth) + 1) % len(LABELS)])
    return world.train()


def test_a_worse_candidate_leaves_the_current_version(world: World) -> None:
    outcome = train_a_worse_candidate(world)

    assert (outcome["version"], outcome["promoted"]) == (2, False)
    assert "worse" in " ".join(outcome["reasons"])
    assert world.project().current_version == 1
    assert not world.stores.versions.get("birds", 2).promoted


def test_a_rejected_candidate_can_still_be_promoted_by_hand(world: World) -> None:
    train_a_worse_candidate(world)

    world.application.training.promote_version.promote(world.project(), 2)

    assert world.project().current_version == 2


def test_a_better_candidate_is_promoted(world: World) -> None:
    world.label_colours(1, "red", "green")
    world.train()

    world.label_colours(20, first=1)
    outcome = world.train()

    assert outcome["promoted"]
    assert world.project().current_version == 2


def test_a_damaged_current_version_does_not_stop_the_next_one(world: World) -> None:
    world.label_colours(4)
    world.train()
    world.artifacts.put(version_key("birds", 1, HEAD_TENSORS), b"damaged")
    world.application = world.another_process()

    outcome = world.train()

    assert outcome["promoted"]
    assert "cannot be used" in " ".join(outcome["reasons"])
    assert world.project().current_version == 2


def test_another_encoder_is_trained_anew_and_promoted(world: World) -> None:
    world.label_colours(4)
    world.train()
    world.encoders[NAME] = ColourEncoder(weights="1")
    world.application = world.another_process()
    world.application.serving.embedder.encoder(NAME)

    outcome = world.train()

    assert outcome["promoted"]
    assert world.stores.versions.get("birds", 2).encoder_key == world.encoders[NAME].identity.key


def test_images_that_cannot_be_read_do_not_train(world: World) -> None:
    ids = world.label_colours(4)
    world.artifacts.delete_under(f"images/{ids[0][:2]}")

    assert world.train()["promoted"]


def test_a_version_remembers_what_it_was_made_of(world: World) -> None:
    world.label_colours(8)

    world.train()

    version = world.stores.versions.get("birds", 1)
    assert (version.labels, version.annotations, version.head) == (LABELS, 24, "softmax-regression")
    assert version.encoder_key == world.encoder.identity.key
    assert version.evaluation is not None
    assert version.evaluation["accuracy"] == 1


def test_a_multi_label_project_trains_and_is_judged(world: World) -> None:
    world.add_project("fish", multi_label=True, head="sigmoid-regression")
    world.label_colours(10, project_id="fish")
    mixed = world.upload(*(a_png("red", seed) for seed in range(50, 56)), project_id="fish")
    for image_id in mixed:
        world.annotate(image_id, "red", "green", project_id="fish")

    outcome = world.train("fish")

    assert outcome["promoted"]
    assert world.stores.versions.get("fish", 1).evaluation is not None


def test_training_needs_no_encoder_when_all_is_embedded(world: World) -> None:
    world.label_colours(4)
    world.embed()
    world.encoders.clear()
    world.application = world.another_process()

    assert world.train()["promoted"]


def test_why_nothing_was_trained_is_in_the_log(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    world.train()

    assert "project birds was not trained" in caplog.text


def test_each_version_is_recorded_with_the_tracker(world: World) -> None:
    world.label_colours(8)

    world.train()

    ((project, version),) = world.tracker.recorded
    assert (project.id, version) == ("birds", world.stores.versions.get("birds", 1))


def test_a_tracker_that_is_away_costs_no_version(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.label_colours(8)
    world.tracker.available = False

    assert world.train()["promoted"]

    assert world.project().current_version == 1
    assert "version 1 of birds is not tracked: the tracker is away" in caplog.text
