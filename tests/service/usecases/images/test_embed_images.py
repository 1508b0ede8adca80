"""The embed job embeds every image once, and an unreadable image does not stop it."""

import pytest

from service.domain.errors import ImageUnavailable
from service.domain.images.image import ImageState, NewSource, SourceKind, image_id_of
from service.domain.job import Progress
from service.usecases.images.embed_images import EMBEDDED_PER_FETCH
from tests.contracts.storing import source_of
from tests.doubles.embedding_cache import InMemoryEmbeddingCache
from tests.service.assembled import World, a_png, no_progress


@pytest.fixture
def world() -> World:
    world = World()
    world.add_project()
    return world


def add_addresses(world: World, *contents: bytes | Exception | None) -> list[int]:
    """Add sources with these contents, None if there is nothing at the address. Returns: the sources' ids."""
    known = len(world.fetcher.shelf)
    addresses = [f"https://example.org/{known + place}.png" for place in range(len(contents))]
    for address, content in zip(addresses, contents, strict=True):
        if content is not None:
            world.fetcher.shelf[address] = content
    sources = world.stores.images.add_sources("birds", SourceKind.ADDRESS, [NewSource(address=a) for a in addresses])
    return [source.id for source in sources]


def test_uploads_and_addresses_are_embedded(world: World) -> None:
    world.upload(a_png(seed=1))
    add_addresses(world, a_png(seed=2))

    outcome = world.embed()

    assert outcome == {"embedded": 2, "unreadable": 0}
    assert world.cache.missing(world.encoder.identity, world.stores.images.pool("birds")) == []


def test_a_corrupt_image_is_recorded_and_the_others_go_on(world: World) -> None:
    corrupt = a_png(seed=1)[:60]
    add_addresses(world, corrupt, a_png(seed=2), b"", a_png(seed=3))

    outcome = world.embed()

    assert outcome == {"embedded": 2, "unreadable": 2}
    bad = world.stores.images.get("birds", image_id_of(corrupt))
    assert bad.state is ImageState.UNREADABLE
    assert "damaged" in str(bad.error)
    assert len(world.stores.images.pool("birds")) == 2


def test_an_address_that_cannot_be_reached_is_recorded_and_the_others_go_on(world: World) -> None:
    away, there = add_addresses(world, ImageUnavailable("example.org does not answer"), a_png())

    world.embed()

    assert source_of(world.stores.images, away).error == "example.org does not answer"
    assert source_of(world.stores.images, there).image_id == image_id_of(a_png())


def test_an_address_that_came_back_is_embedded_by_the_next_job(world: World) -> None:
    (away,) = add_addresses(world, None)
    world.embed()
    world.fetcher.shelf[source_of(world.stores.images, away).address] = a_png()

    world.embed()

    source = source_of(world.stores.images, away)
    assert (source.image_id, source.error) == (image_id_of(a_png()), None)


def test_the_same_image_at_two_addresses_is_encoded_once(world: World) -> None:
    add_addresses(world, a_png(), a_png())

    world.embed()

    assert world.encoder.encoded == 1
    assert len(world.stores.images.pool("birds")) == 1


def test_a_job_that_runs_again_encodes_and_fetches_nothing_again(world: World) -> None:
    add_addresses(world, *(a_png(seed=seed) for seed in range(5)))
    world.upload(a_png(seed=9))
    world.embed()

    world.another_process().images.embed_images.embed(world.project(), progress=no_progress)

    assert world.encoder.encoded == 6
    assert len(world.fetcher.asked) == 5


def test_a_job_that_was_cut_off_goes_on_where_it_was(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    count = EMBEDDED_PER_FETCH + 10
    add_addresses(world, *(a_png(seed=seed) for seed in range(count)))
    written: list[int] = []
    write = InMemoryEmbeddingCache.write

    def cut_off_after_one_chunk(cache: InMemoryEmbeddingCache, *arguments: object) -> None:
        if len(written) * 8 >= EMBEDDED_PER_FETCH:
            raise KeyboardInterrupt
        written.append(1)
        write(cache, *arguments)  # type: ignore[arg-type]  # handed on as it came

    monkeypatch.setattr(InMemoryEmbeddingCache, "write", cut_off_after_one_chunk)
    with pytest.raises(KeyboardInterrupt):
        world.embed()
    monkeypatch.undo()
    before = world.encoder.encoded

    world.embed()

    assert world.encoder.encoded - before == 10
    assert len(world.fetcher.asked) - count <= 10


def test_a_corrupt_image_is_not_fetched_again_by_each_job(world: World) -> None:
    add_addresses(world, a_png()[:60])
    world.embed()

    world.embed()

    assert len(world.fetcher.asked) == 1


def test_only_what_training_needs_is_embedded_when_asked(world: World) -> None:
    first, _second = world.upload(a_png(seed=1), a_png(seed=2))
    world.annotate(first, "red")

    world.application.images.embed_images.embed(world.project(), progress=no_progress, annotated_only=True)

    assert world.encoder.encoded == 1


def test_an_upload_whose_bytes_are_lost_stops_nobody(world: World) -> None:
    lost, _kept = world.upload(a_png(seed=1), a_png(seed=2))
    world.artifacts.delete_under(f"images/{lost[:2]}")

    outcome = world.embed()

    assert outcome["embedded"] == 1
    (source,) = world.stores.images.sources_of("birds", [lost])[lost]
    assert "send it again" in str(source.error)


def test_progress_is_told(world: World) -> None:
    world.upload(*(a_png(seed=seed) for seed in range(3)))
    told: list[str] = []

    world.application.images.embed_images.embed(
        world.project(), progress=Progress(report=lambda _fraction, message: told.append(message))
    )

    assert told == ["3 of 3 images embedded"]
