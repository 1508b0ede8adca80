"""Requests get embeddings from the cache, else from shared batches."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from ml.errors import UnreadableImage
from service.domain.images.image import image_id_of
from tests.service.assembled import World, a_png
from tests.service.colour_encoder import NAME, ColourEncoder


def test_images_are_embedded_in_order_and_a_bad_one_fails_alone() -> None:
    world = World()
    red, blue = a_png("red"), a_png("blue")

    first, bad, last = world.application.serving.embedder.embed(NAME, [red, b"no image", blue])

    assert isinstance(bad, UnreadableImage)
    assert not isinstance(first, UnreadableImage)
    assert not isinstance(last, UnreadableImage)
    assert (int(np.argmax(first)), int(np.argmax(last))) == (0, 2)
    world.application.close()


def test_an_image_that_the_cache_knows_is_not_encoded_again() -> None:
    world = World()
    world.application.serving.embedder.embed(NAME, [a_png()])
    world.application.close()

    again = world.another_process()
    again.serving.embedder.embed(NAME, [a_png()])
    again.close()

    assert world.encoder.encoded == 1


def test_the_same_images_in_many_requests_are_encoded_once_each() -> None:
    world = World()
    images = [a_png(seed=seed) for seed in range(40)]
    start = threading.Barrier(6)

    def request(_: int) -> int:
        start.wait(10)
        return len(world.application.serving.embedder.embed(NAME, images))

    with ThreadPoolExecutor(6) as requests:
        assert list(requests.map(request, range(6))) == [40] * 6

    world.application.close()
    assert world.encoder.encoded == 40


def test_what_was_embedded_is_in_the_cache_after_closing() -> None:
    world = World()
    world.application.serving.embedder.embed(NAME, [a_png()])

    world.application.close()

    assert world.cache.missing(world.encoder.identity, [image_id_of(a_png())]) == []


def test_an_encoder_is_loaded_once_whoever_asks_at_the_same_time() -> None:
    loads: list[str] = []

    class Loading(dict[str, ColourEncoder]):
        def __getitem__(self, name: str) -> ColourEncoder:
            loads.append(name)
            return super().__getitem__(name)

    world = World(encoders=Loading({NAME: ColourEncoder()}))  # type: ignore[arg-type]  # read only

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: world.application.serving.embedder.encoder(NAME), range(16)))

    assert loads == [NAME]


def test_an_identity_is_known_without_loading_where_any_process_has_loaded() -> None:
    world = World()
    identity = world.application.serving.embedder.encoder(NAME).identity
    world.encoders.clear()

    known = world.another_process().training.train_version._encoders.identity(NAME)

    assert known == identity
