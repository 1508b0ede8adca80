"""Fetching many images: a failure does not affect the others, and is handled the same way for every caller."""

import math

import pytest

from ml.errors import UnreadableImage
from service.domain.errors import ImageUnavailable, Overloaded
from service.domain.images.image import ImageState, NewSource, Source, SourceKind, image_id_of
from service.usecases.images.fetch_images import FETCH_THREADS, ImageReader, NotInTime
from tests.contracts.storing import source_of
from tests.doubles.artifact_store import InMemoryArtifactStore
from tests.service.assembled import World


@pytest.fixture
def world() -> World:
    world = World()
    world.add_project()
    return world


def reader_of(world: World, *, now: float = 0.0) -> ImageReader:
    return ImageReader(
        images=world.stores.images,
        artifacts=InMemoryArtifactStore(),
        fetcher=world.fetcher,
        timeout_seconds=10,
        monotonic=lambda: now,
    )


def add(world: World, *contents: bytes | None) -> list[Source]:
    """Make sources with these contents, in order; None stands for an address that answers 404."""
    new = [NewSource(address=f"http://x/{place}") for place in range(len(contents))]
    sources = world.stores.images.add_sources("birds", SourceKind.ADDRESS, new)
    world.fetcher.shelf |= {
        source.address: content for source, content in zip(sources, contents, strict=True) if content is not None
    }
    return sources


def size(_source: Source, content: bytes) -> int:
    if content == b"broken":
        raise UnreadableImage("damaged")
    if content == b"busy":
        raise Overloaded("the encoder's queue")
    return len(content)


def test_answers_are_in_order_and_one_bad_image_fails_alone(world: World) -> None:
    sources = add(world, b"1", None, b"broken", *(b"x" * place for place in range(3 * FETCH_THREADS)))

    first, away, broken, *others = reader_of(world).fetch_many(sources, size)

    assert first == 1
    assert isinstance(away, ImageUnavailable)
    assert isinstance(broken, UnreadableImage)
    assert others == list(range(3 * FETCH_THREADS))


def test_why_an_image_failed_is_kept_and_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    away, broken = add(world, None, b"broken")

    list(reader_of(world).fetch_many([away, broken], size))

    assert "404" in str(source_of(world.stores.images, away.id).error)
    assert world.stores.images.get("birds", image_id_of(b"broken")).state is ImageState.UNREADABLE
    assert [record.levelname for record in caplog.records] == ["WARNING"] * 2


def test_why_an_image_failed_is_logged_alone_where_nothing_is_to_be_recorded(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    away, broken = add(world, None, b"broken")

    list(reader_of(world).fetch_many([away, broken], size, record=False))

    assert [source_of(world.stores.images, each.id).error for each in (away, broken)] == [None, None]
    assert world.stores.images.count("birds")[ImageState.UNREADABLE] == 0
    assert f"source {broken.id} of birds: damaged" in caplog.text


def test_after_the_deadline_nothing_is_fetched(world: World) -> None:
    sources = add(world, b"1", b"2")

    outcomes = list(reader_of(world, now=5.0).fetch_many(sources, size, until=5.0))

    assert all(isinstance(outcome, NotInTime) for outcome in outcomes)
    assert world.fetcher.asked == []


def test_an_image_that_finds_no_place_in_the_queue_is_late_and_not_to_blame(world: World) -> None:
    [source] = add(world, b"busy")

    [outcome] = reader_of(world).fetch_many([source], size, until=math.inf)

    assert isinstance(outcome, NotInTime)
    assert source_of(world.stores.images, source.id).error is None
