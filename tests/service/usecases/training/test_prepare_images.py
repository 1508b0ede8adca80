"""Images are read from the first of their sources that works, and preprocessed for a network."""

from ml.encoders.preparation import Preparation
from ml.images.image import ImageLimits
from service.domain.images.image import NewSource, SourceKind, image_id_of
from service.usecases.images.fetch_images import ImageReader
from service.usecases.training.prepare_images import PrepareImages
from tests.contracts.storing import source_of
from tests.service.assembled import World, a_png, no_progress


def test_an_image_whose_first_source_is_gone_is_read_through_the_next_and_one_without_any_is_left_out() -> None:
    world = World()
    project = world.add_project()
    moved, lost, there = (image_id_of(a_png(seed=seed)) for seed in range(3))
    addresses = {"http://old/0": moved, "http://new/0": moved, "http://old/1": lost, "http://x/2": there}
    new = [NewSource(address=address, image_id=image_id) for address, image_id in addresses.items()]
    sources = world.stores.images.add_sources("birds", SourceKind.ADDRESS, new)
    world.fetcher.shelf |= {"http://new/0": a_png(seed=0), "http://x/2": a_png(seed=2)}
    reader = ImageReader(
        images=world.stores.images, artifacts=world.artifacts, fetcher=world.fetcher, timeout_seconds=10
    )
    prepare = PrepareImages(images=world.stores.images, reader=reader, limits=ImageLimits())

    prepared = prepare.prepare(project, [moved, lost, there], Preparation(height=4, width=4), progress=no_progress)

    assert sorted(prepared.image_ids) == sorted([moved, there])
    assert prepared.images.shape == (2, 3, 4, 4)
    assert [source_of(world.stores.images, source.id).error for source in sources] == [None] * 4
