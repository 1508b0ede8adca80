"""The current version answers in every process, at once after a promotion."""

import threading

import pytest

from ml.classifier.saved_version import SUMS
from service.domain.artifact_keys import version_key
from service.domain.errors import DamagedVersion, NotFound
from service.usecases.serving.served_versions import MOST_LOADED, VERSION_FILES, ServedVersions
from tests.service.assembled import World
from tests.service.colour_encoder import NAME, ColourEncoder, ColourTextEncoder


@pytest.fixture
def world() -> World:
    """Two versions, the second is current."""
    world = World()
    world.add_project()
    world.label_colours(2)
    world.train()
    world.label_colours(2, first=2)
    world.train()
    assert world.project().current_version == 2
    return world


def number_served(served_versions: ServedVersions, world: World) -> int | None:
    served = served_versions.current(world.project())
    return None if served is None else served.number


def test_another_process_follows_a_promotion_at_once(world: World) -> None:
    there = ServedVersions(world.artifacts)
    before = number_served(there, world)

    world.application.training.promote_version.promote(world.project(), 1)

    assert (before, number_served(there, world)) == (2, 1)


def test_before_the_first_version_none_is_served() -> None:
    world = World()

    assert ServedVersions(world.artifacts).current(world.add_project()) is None


def test_a_version_is_loaded_once_whoever_asks(world: World) -> None:
    reads: list[str] = []
    get = world.artifacts.get

    def counted(key: str) -> bytes:
        reads.append(key)
        return get(key)

    world.artifacts.get = counted  # type: ignore[method-assign]  # the one thing to count
    served_versions = ServedVersions(world.artifacts)
    threads = [threading.Thread(target=served_versions.current, args=(world.project(),)) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(reads) == 3


def test_a_version_that_is_not_there_is_not_promoted(world: World) -> None:
    with pytest.raises(NotFound):
        world.application.training.promote_version.promote(world.project(), 7)

    assert world.project().current_version == 2


def test_a_damaged_version_is_not_promoted(world: World) -> None:
    world.artifacts.put(version_key("birds", 1, SUMS), b"")
    application = world.another_process()

    with pytest.raises(DamagedVersion, match="version 1"):
        application.training.promote_version.promote(world.project(), 1)

    assert world.project().current_version == 2


def test_what_is_served_stays_whole_when_its_files_change_later(world: World) -> None:
    served_versions = ServedVersions(world.artifacts)
    served_versions.current(world.project())

    world.artifacts.put(version_key("birds", 2, SUMS), b"")

    assert number_served(served_versions, world) == 2


def test_no_more_versions_than_a_bound_are_kept_loaded(world: World) -> None:
    served_versions = ServedVersions(world.artifacts)
    files = {file: world.artifacts.get(version_key("birds", 2, file)) for file in VERSION_FILES}
    for number in range(3, MOST_LOADED + 10):
        for file, content in files.items():
            world.artifacts.put(version_key("birds", number, file), content)

    for number in range(3, MOST_LOADED + 10):
        served_versions.get(world.project(), number)

    assert len(served_versions._loaded) == MOST_LOADED


def test_going_back_goes_on_with_the_encoder_of_that_version(world: World) -> None:
    world.encoders["efficientnet-lite1"] = ColourEncoder("efficientnet-lite1", weights="1")
    world.application.projects.change_projects.change(world.project(), encoder="efficientnet-lite1")
    world.train()

    world.application.training.promote_version.promote(world.project(), 2)

    assert (world.project().current_version, world.project().encoder) == (2, NAME)
    assert world.train()["promoted"]
    assert world.stores.versions.get("birds", 4).encoder_key == world.encoder.identity.key


def test_going_back_keeps_the_encoder_that_the_head_needs(world: World) -> None:
    clip = "openclip:ViT-B-32/openai"
    world.encoders[clip] = ColourTextEncoder(clip, weights="1")
    world.application.projects.change_projects.change(world.project(), encoder=clip, head="zero-shot")
    world.train()

    world.application.training.promote_version.promote(world.project(), 2)

    assert (world.project().current_version, world.project().encoder) == (2, clip)
