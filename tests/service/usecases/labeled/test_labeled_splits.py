"""The permanent split of labeled images into training and held-out images."""

from ml.splits.holdout import ENOUGH_AT_RANDOM
from service.domain.images.image import Split
from service.usecases.labeled.labeled_splits import LabeledSplits
from tests.contracts.storing import TickingClock, a_project, add_image, an_annotation
from tests.doubles.embedding_cache import InMemoryEmbeddingCache
from tests.doubles.stores import InMemoryStores


def label(stores: InMemoryStores, image_ids: list[str], *, at_random: list[str]) -> None:
    """Add images, mark some of them as asked at random, and annotate them all."""
    for image_id in image_ids:
        add_image(stores, image_id)
    stores.images.mark_asked_at_random("birds", at_random)
    for image_id in image_ids:
        stores.annotations.put(an_annotation(image_id, image_id=image_id))


def held_out(stores: InMemoryStores) -> set[str]:
    splits = LabeledSplits(images=stores.images, cache=InMemoryEmbeddingCache())
    return {image.image_id for image in splits.labeled(a_project()) if image.split is Split.HELD_OUT}


def test_once_there_are_enough_only_what_was_asked_at_random_is_held_out() -> None:
    stores = InMemoryStores(TickingClock())
    judged = [f"judged-{number}" for number in range(ENOUGH_AT_RANDOM)]
    label(stores, judged, at_random=judged)
    stores.images.record_splits("birds", dict.fromkeys(judged, Split.HELD_OUT))
    chosen, drawn = ([f"{name}-{number}" for number in range(count)] for name, count in (("c", 450), ("r", 10)))

    label(stores, [*chosen, *drawn], at_random=drawn)

    assert held_out(stores) == {*judged, *drawn}


def test_a_side_is_kept_when_the_rule_changes() -> None:
    stores = InMemoryStores(TickingClock())
    label(stores, [f"{number}" for number in range(50)], at_random=[])
    before = held_out(stores)

    label(stores, ["r-1", "r-2"], at_random=["r-1", "r-2"])

    assert before <= held_out(stores)
    assert len(before) == 10
