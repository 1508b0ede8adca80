"""The rank job orders the whole pool, and no image outside the pool."""

from dataclasses import replace

import pytest

from ml.strategies.base import LEAST_OF_PICKED
from service.domain.artifact_keys import upload_key
from service.domain.job import JobKind, Progress
from service.domain.projects.project import LabelStudioLink
from service.domain.ranking.ranking import Ranking
from tests.service.assembled import World, a_png, png
from tests.service.colour_encoder import ColourEncoder, mixed

TEXT = "openclip:colours/tiny"
CONFIG = (
    '<View><Image name="image" value="$image"/><Choices name="c" toName="image"><Choice value="red"/></Choices></View>'
)


@pytest.fixture
def world() -> World:
    world = World()
    world.add_project()
    return world


def ranked(world: World) -> list[str]:
    return [image.image_id for image in latest(world).images]


def latest(world: World) -> Ranking:
    return world.stores.rankings.latest("birds", limit=1000, after=0)


def test_the_most_doubtful_image_comes_first(world: World) -> None:
    world.label_colours(4)
    world.train()
    clear, doubtful = world.upload(a_png("red", 50), png(mixed("red", "blue")))

    world.rank()

    assert ranked(world) == [doubtful, clear]
    assert [image.worth for image in latest(world).images] == sorted(
        (image.worth for image in latest(world).images), reverse=True
    )


def test_every_image_of_the_pool_is_in_the_ranking_once(world: World) -> None:
    world.label_colours(4)
    world.train()
    ids = world.upload(*(a_png("red", 50 + seed) for seed in range(70)))

    outcome = world.rank()

    assert sorted(ranked(world)) == sorted(ids)
    assert (outcome["pool"], outcome["version"]) == (70, 1)


def test_before_any_version_the_pool_is_ranked_by_the_seed(world: World) -> None:
    ids = world.upload(*(a_png(seed=seed) for seed in range(20)))

    world.rank(seed=1)
    first = ranked(world)
    world.rank(seed=1)
    again = ranked(world)
    world.rank(seed=2)

    assert first == again
    assert first != ranked(world)
    assert sorted(first) == sorted(ids)
    assert latest(world).version is None


def test_before_any_version_no_class_is_named_as_a_reason(world: World) -> None:
    world.upload(*(a_png(seed=seed) for seed in range(3)))

    world.rank(strategy_name="typical-clusters")

    assert {image.reason for image in latest(world).images} == {
        "no version has seen it yet; stands for 1 image of the pool"
    }


def test_annotated_and_skipped_images_are_left_out(world: World) -> None:
    labeled, skipped, waiting = world.upload(a_png(seed=1), a_png(seed=2), a_png(seed=3))
    world.annotate(labeled, "red")
    world.annotate(skipped)

    world.rank()

    assert ranked(world) == [waiting]


def test_unreadable_images_are_left_out(world: World) -> None:
    world.label_colours(4)
    world.train()
    (waiting,) = world.upload(a_png("red", 50))
    world.stores.images.add_image("birds", "0" * 64, source_id=None, error="damaged")

    world.rank()

    assert ranked(world) == [waiting]


def test_images_whose_bytes_are_lost_are_left_out(world: World) -> None:
    world.label_colours(4)
    world.train()
    lost, waiting = world.upload(a_png("red", 50), a_png("red", 51))
    world.artifacts.delete_under(upload_key(lost).removesuffix(lost))

    world.rank()

    assert ranked(world) == [waiting]


def test_no_more_than_asked_for_are_stored(world: World) -> None:
    world.upload(*(a_png(seed=seed) for seed in range(5)))

    world.rank(count=2)

    assert len(ranked(world)) == 2
    assert latest(world).pool_size == 5


def test_no_more_than_500_are_picked_together_however_many_are_asked_for(world: World) -> None:
    world.upload(*(a_png(seed=seed) for seed in range(502)))

    world.rank(strategy_name="k-means", count=502)

    assert [image.worth > LEAST_OF_PICKED for image in latest(world).images] == [True] * 500 + [False] * 2


def test_an_empty_pool_gives_an_empty_ranking(world: World) -> None:
    world.label_colours(2)
    world.train()

    assert world.rank()["pool"] == 0
    assert ranked(world) == []


def test_another_strategy_may_be_asked_for(world: World) -> None:
    world.upload(a_png())

    world.rank(strategy_name="random")

    assert latest(world).strategy == "random"


def test_a_ranking_for_label_studio_is_pushed_there(world: World) -> None:
    link = LabelStudioLink(key="1.1", project_id=1, hostname="", label_config=CONFIG)
    world.add_project("ls", label_studio=link)
    world.label_colours(2, project_id="ls")
    world.train("ls")
    world.drop(JobKind.RANK)

    world.rank("ls")

    assert world.queued() == [JobKind.PUSH]


def test_before_the_first_version_the_order_goes_to_label_studio_too(world: World) -> None:
    link = LabelStudioLink(key="1.1", project_id=1, hostname="", label_config=CONFIG)
    world.add_project("ls", label_studio=link)

    world.rank("ls")

    assert world.queued() == [JobKind.PUSH]


def test_a_ranking_by_another_strategy_stays_here(world: World) -> None:
    link = LabelStudioLink(key="1.1", project_id=1, hostname="", label_config=CONFIG)
    world.add_project("ls", label_studio=link)
    world.label_colours(2, project_id="ls")
    world.train("ls")
    world.drop(JobKind.RANK)

    world.rank("ls", strategy_name="random")

    assert world.queued() == []


def test_after_a_change_of_encoder_the_version_still_ranks_by_the_embeddings_it_knows(world: World) -> None:
    world.label_colours(4)
    ids = world.upload(a_png("red", 50))
    world.embed()
    world.train()
    world.encoders[TEXT] = ColourEncoder(TEXT, weights="1")
    world.stores.projects.update(replace(world.project(), encoder=TEXT))

    world.rank()

    assert ranked(world) == ids
    assert latest(world).version == 1


def test_an_address_that_failed_before_does_not_hold_up_the_ranking(world: World) -> None:
    world.application.images.add_images.add_addresses(world.project(), ["http://images/gone.png"])
    world.embed()

    world.rank()

    assert world.fetcher.asked == ["http://images/gone.png"]


def test_progress_never_goes_back_nor_beyond_one(world: World) -> None:
    world.label_colours(4)
    world.train()
    world.upload(*(a_png("red", 50 + seed) for seed in range(40)))
    said: list[float] = []

    world.application.ranking.rank_pool.rank(
        "birds", progress=Progress(report=lambda fraction, _message: said.append(fraction))
    )

    assert said == sorted(said)
    assert 0 < said[-1] <= 1


def test_picked_images_say_what_they_are_near_to_and_stand_for() -> None:
    world = World()
    world.add_project()
    labeled = world.label_colours(4)
    world.train()
    world.upload(a_png("red", 50), a_png("red", 51), a_png("blue", 50))

    world.rank(count=2)

    whys = [image.why for image in latest(world).images]
    assert all(why is not None and len(why.closest_classes) == 2 for why in whys)
    assert sum(why.stands_for for why in whys if why) == 3
    assert all(why and {near.image_id for near in why.nearest_labeled} <= set(labeled) for why in whys)


@pytest.mark.parametrize("strategy", ["margin", "margin(distinct=0.9999999)"])
def test_the_nearest_labeled_image_is_named_whether_or_not_the_strategy_looks_at_embeddings(
    strategy: str, world: World
) -> None:
    world.label_colours(4)
    world.train()
    world.upload(a_png("red", 50))

    world.rank(strategy_name=strategy)

    (image,) = latest(world).images
    assert "; nearest labeled image: red, distance 0.0" in image.reason
    assert image.reason.endswith("; stands for 1 image of the pool")


def test_images_that_were_not_picked_have_the_short_sentence(world: World) -> None:
    world.label_colours(4)
    world.train()
    world.upload(*(a_png("red", 50 + seed) for seed in range(30)))

    world.rank()

    explained = [image.why is not None for image in latest(world).images]
    assert explained == [True] * 20 + [False] * 10
    assert ";" not in latest(world).images[-1].reason


def test_before_any_version_and_without_embeddings_nothing_more_is_known(world: World) -> None:
    world.upload(a_png())

    world.rank()

    assert latest(world).images[0].why is None


def marked(world: World) -> set[str]:
    """Label the pool, and return the images that are marked as asked at random."""
    for image_id in world.stores.images.pool("birds"):
        world.annotate(image_id, "red")
    return {image.image_id for image in world.stores.images.labeled("birds") if image.asked_at_random}


def test_images_drawn_at_random_are_marked_and_say_so() -> None:
    world = World()
    world.add_project(strategy="margin(random_share=0.5)")
    world.upload(*(a_png("red", seed) for seed in range(40)))

    world.rank()

    drawn = {image.image_id for image in latest(world).images if image.at_random}
    reasons = {image.reason.split(";")[0] for image in latest(world).images if image.at_random}
    assert len(drawn) == 10
    assert all(reason.startswith("chosen at random") for reason in reasons)
    assert marked(world) == drawn


def test_a_ranking_that_is_not_the_projects_own_marks_nothing(world: World) -> None:
    world.upload(*(a_png("red", seed) for seed in range(5)))

    world.rank(strategy_name="random")

    assert all(image.at_random for image in latest(world).images)
    assert marked(world) == set()
