"""The fine-tuning job makes a new encoder, which is promoted only if it was compared and is not worse."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from ml.encoders.finetuned.description import DESCRIPTION, NETWORK_TENSORS
from ml.encoders.finetuned.name import FINETUNED_PREFIX, parse_finetuned_name
from ml.errors import EncoderUnavailable, UnknownEncoder, UnreadableImage
from service.domain.artifact_keys import upload_key
from service.domain.images.image import Split, image_id_of
from service.domain.job import JobKind, Progress
from service.domain.training.prediction import Prediction
from tests.service.assembled import World, no_progress
from tests.service.colour_encoder import NAME
from tests.service.digits_world import HELD_OUT, LABELED, OPTIONS, digit, digit_of, digits_world


@dataclass(frozen=True, kw_only=True)
class Finetuned:
    """A world whose version 2 has a fine-tuned encoder, and the result of the job."""

    world: World
    outcome: dict[str, Any]

    @property
    def encoder(self) -> str:
        return str(self.outcome["encoder"])


@pytest.fixture(scope="module")
def promoted() -> Finetuned:
    """Share one fine-tuned world; tests must not change it."""
    world = digits_world()
    return Finetuned(world=world, outcome=finetuned(world))


@pytest.fixture
def world() -> World:
    return digits_world()


def finetuned(world: World, **changes: Any) -> dict[str, Any]:
    return world.application.training.finetune_encoder.finetune(
        "birds", progress=no_progress, options=OPTIONS | changes
    )


def promote(world: World, version: int) -> None:
    world.application.training.promote_version.promote(world.project(), version)


def held_out(world: World) -> list[str]:
    return [image.image_id for image in world.stores.images.labeled("birds") if image.split is Split.HELD_OUT]


def predictions(world: World, contents: list[bytes]) -> list[Prediction]:
    """Predict in a new process, which has loaded nothing yet."""
    answers = world.another_process().serving.predictor.classify(world.project(), contents)
    return [answer for answer in answers if not isinstance(answer, UnreadableImage)]


def answering(world: World) -> set[int]:
    """Return the versions that answer."""
    return {prediction.version for prediction in predictions(world, [digit(LABELED)])}


def test_what_is_not_worse_answers_from_now_on(promoted: Finetuned) -> None:
    project = promoted.world.project()

    assert (promoted.outcome["version"], promoted.outcome["promoted"]) == (2, True)
    assert (project.current_version, project.encoder) == (2, promoted.encoder)
    assert answering(promoted.world) == {2}


def test_the_result_says_how_it_went(promoted: Finetuned) -> None:
    kept, epochs = promoted.outcome["kept_epoch"], promoted.outcome["epochs"]

    assert promoted.outcome["reasons"][0] == f"the last 3 blocks of {NAME} fine-tuned on {LABELED - HELD_OUT} images"
    assert f"on {HELD_OUT} held-out images" in promoted.outcome["reasons"][1]
    assert [epoch["number"] for epoch in epochs] == [0, 1, 2, 3, 4]
    assert epochs[kept]["validation_loss"] < epochs[0]["validation_loss"]


def test_the_list_of_versions_says_it_too(promoted: Finetuned) -> None:
    version = promoted.world.stores.versions.get("birds", 2)

    assert list(version.reasons) == promoted.outcome["reasons"]
    assert version.promoted
    assert version.encoder_key.startswith("finetuned-birds-2")
    assert version.evaluation is not None
    assert version.evaluation["images"] == HELD_OUT


def test_every_image_was_embedded_before(promoted: Finetuned) -> None:
    identity = promoted.world.another_process().serving.embedder.encoder(promoted.encoder).identity

    assert promoted.world.cache.missing(identity, promoted.world.stores.images.readable("birds")) == []


def test_the_pool_is_ranked_anew(promoted: Finetuned) -> None:
    assert promoted.world.queued() == [JobKind.RANK]


def test_another_project_may_take_the_encoder(promoted: Finetuned) -> None:
    owls = promoted.world.add_project("owls")

    promoted.world.application.projects.change_projects.change(owls, encoder=promoted.encoder)
    promoted.world.drop(JobKind.TRAIN)

    assert promoted.world.project("owls").encoder == promoted.encoder


@pytest.mark.parametrize("name", ["finetuned:birds/9-00000000", f"{NAME}+finetuned:birds/9-00000000"])
def test_no_project_may_take_one_that_is_not_there(name: str, promoted: Finetuned) -> None:
    with pytest.raises(UnknownEncoder, match="birds/9-00000000"):
        promoted.world.application.projects.change_projects.change(promoted.world.project(), encoder=name)


def test_a_roll_back_answers_by_the_encoder_of_its_version_and_goes_on_with_it(promoted: Finetuned) -> None:
    world = promoted.world

    promote(world, 1)
    assert (world.project().encoder, answering(world)) == (NAME, {1})

    promote(world, 2)
    assert (world.project().encoder, answering(world)) == (promoted.encoder, {2})


def test_a_damaged_encoder_is_told_and_can_be_rolled_back(promoted: Finetuned) -> None:
    world = promoted.world
    with files_away(world, promoted.encoder, put_instead=b"damaged"):
        with pytest.raises(EncoderUnavailable, match="not what was saved: fine-tune again, or roll back"):
            answering(world)

        promote(world, 1)
        assert answering(world) == {1}
    promote(world, 2)


def test_a_version_whose_encoder_is_gone_is_not_promoted(promoted: Finetuned) -> None:
    world = promoted.world
    promote(world, 1)
    with files_away(world, promoted.encoder):
        with pytest.raises(UnknownEncoder, match="is stored here"):
            promote(world, 2)

        assert (world.project().current_version, world.project().encoder) == (1, NAME)
    promote(world, 2)


@contextmanager
def files_away(world: World, encoder: str, *, put_instead: bytes | None = None) -> Iterator[None]:
    """Remove or replace the files of a fine-tuned encoder for a while."""
    folder = f"finetuned/{encoder.removeprefix(FINETUNED_PREFIX)}/"
    kept = {folder + file: world.artifacts.get(folder + file) for file in (NETWORK_TENSORS, DESCRIPTION)}
    if put_instead is None:
        world.artifacts.delete_under(folder)
    else:
        world.artifacts.put(folder + NETWORK_TENSORS, put_instead)
    yield
    for key, content in kept.items():
        world.artifacts.put(key, content)


@pytest.fixture(scope="module")
def rejected() -> Finetuned:
    """A world whose training images are labeled with the next digit; tests must not change it."""
    world = digits_world()
    apart = held_out(world)
    for row in range(LABELED):
        if image_id_of(digit(row)) not in apart:
            world.annotate(image_id_of(digit(row)), str((int(digit_of(row)) + 1) % 10))
    return Finetuned(world=world, outcome=finetuned(world))


def test_what_is_worse_changes_nothing(rejected: Finetuned) -> None:
    world, outcome = rejected.world, rejected.outcome

    assert (outcome["version"], outcome["promoted"]) == (2, False)
    assert "worse" in " ".join(outcome["reasons"])
    assert (world.project().current_version, world.project().encoder) == (1, NAME)
    assert not world.stores.versions.get("birds", 2).promoted
    assert world.queued() == []


def test_what_was_not_promoted_can_be_by_hand_with_its_encoder(rejected: Finetuned) -> None:
    world = rejected.world

    promote(world, 2)
    assert (world.project().encoder, answering(world)) == (rejected.encoder, {2})

    promote(world, 1)
    assert (world.project().encoder, answering(world)) == (NAME, {1})


def test_held_out_images_have_no_say_and_each_time_it_starts_from_the_published_encoder(world: World) -> None:
    first = finetuned(world)
    for image_id in held_out(world):
        world.annotate(image_id, "0")

    second = finetuned(world)

    assert first["promoted"]
    assert parse_finetuned_name(first["encoder"]).digest == parse_finetuned_name(second["encoder"]).digest


def test_where_no_epoch_is_better_there_is_no_version(world: World) -> None:
    outcome = finetuned(world, learning_rate=0.5, epochs=1)

    assert (outcome["version"], outcome["promoted"], outcome["kept_epoch"]) == (None, False, 0)
    assert "no epoch was better than no training" in outcome["reasons"][0]
    assert [version.number for version in world.stores.versions.page("birds", before=None, limit=9)] == [1]


def test_images_that_can_no_longer_be_read_are_passed_by(world: World) -> None:
    unread = next(each for each in map(image_id_of, map(digit, range(LABELED))) if each not in held_out(world))
    world.artifacts.put(upload_key(unread), b"cut off")

    outcome = finetuned(world, epochs=1)

    assert f"fine-tuned on {LABELED - HELD_OUT - 1} images" in outcome["reasons"][0]


def test_an_encoder_that_was_changed_meanwhile_stays(world: World) -> None:
    def change(fraction: float, message: str) -> None:
        if message.startswith("epoch 1"):
            world.stores.projects.update(replace(world.project(), encoder="efficientnet-lite1"))

    outcome = world.application.training.finetune_encoder.finetune(
        "birds", progress=Progress(report=change), options=OPTIONS
    )

    assert not outcome["promoted"]
    assert "was changed to efficientnet-lite1" in outcome["reasons"][1]
    assert (world.project().current_version, world.project().encoder) == (1, "efficientnet-lite1")


def test_a_job_that_is_stopped_leaves_all_as_it_was(world: World) -> None:
    class Stopped(Exception):
        pass

    def stop(fraction: float, message: str) -> None:
        if message.startswith("epoch 1"):
            raise Stopped

    with pytest.raises(Stopped):
        world.application.training.finetune_encoder.finetune("birds", progress=Progress(report=stop), options=OPTIONS)

    assert (world.project().current_version, world.project().encoder) == (1, NAME)
    assert finetuned(world)["version"] == 2


def test_it_tells_of_each_epoch_and_never_goes_back(world: World) -> None:
    told: list[tuple[float, str]] = []

    world.application.training.finetune_encoder.finetune(
        "birds", progress=Progress(report=lambda fraction, message: told.append((fraction, message))), options=OPTIONS
    )

    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions)
    assert 0 <= fractions[0] <= fractions[-1] <= 1
    assert [message.split(":")[0] for _, message in told if message.startswith("epoch")] == [
        f"epoch {number} of 4" for number in range(5)
    ]


def test_too_few_held_out_images_are_refused() -> None:
    world = digits_world(labeled=80)

    outcome = finetuned(world)

    assert outcome["version"] is None
    assert "20 held-out images are needed" in outcome["reasons"][0]
    assert "annotate more" in outcome["reasons"][0]


def test_more_blocks_than_the_encoder_has_are_refused(world: World) -> None:
    outcome = finetuned(world, blocks=100)

    assert outcome["version"] is None
    assert "100 blocks cannot be fine-tuned" in outcome["reasons"][0]


def test_a_project_without_a_version_is_refused() -> None:
    world = World()
    world.add_project()

    assert "train one first" in finetuned(world)["reasons"][0]


@pytest.mark.parametrize("encoder", ["openclip:ViT-B-32/openai", "efficientnet-lite0+efficientnet-lite1"])
def test_an_encoder_that_is_not_one_network_of_timms_is_refused(encoder: str) -> None:
    world = World()
    world.add_project(encoder=encoder)

    assert "cannot be fine-tuned: change the project's to one of efficientnet-lite0" in finetuned(world)["reasons"][0]
