"""Before the first version new images are ranked automatically, so that the first labels follow the strategy."""

import pytest

from service.domain.errors import NotFound
from service.domain.job import JobKind
from tests.service.assembled import World, a_png, no_progress


@pytest.fixture
def world() -> World:
    world = World()
    world.add_project(strategy="auto")
    return world


def send_images(world: World, count: int = 3, *, first: int = 0) -> list[str]:
    """Upload this many images, as the route does."""
    ids = world.upload(*(a_png("red", first + seed) for seed in range(count)))
    world.application.images.add_images.queue_embedding(world.project())
    return ids


def test_before_the_first_version_new_images_are_ranked_unasked(world: World) -> None:
    ids = send_images(world)

    world.work()

    ranking = world.stores.rankings.latest("birds", limit=10, after=0)
    assert sorted(image.image_id for image in ranking.images) == sorted(ids)
    assert (ranking.strategy, ranking.is_own) == ("auto", True)


def test_images_that_come_later_are_in_the_order_too(world: World) -> None:
    send_images(world)
    world.work()

    later = send_images(world, first=10)
    world.work()

    ranking = world.stores.rankings.latest("birds", limit=10, after=0)
    assert set(later) <= {image.image_id for image in ranking.images}


def test_where_a_version_ranks_an_embedding_does_not(world: World) -> None:
    world.label_colours(2)
    world.train()
    world.drop(JobKind.RANK)

    send_images(world, first=10)
    world.work()

    with pytest.raises(NotFound):
        world.stores.rankings.latest("birds", limit=1, after=0)


def test_while_another_embedding_waits_the_ranking_is_left_to_it(world: World) -> None:
    send_images(world)
    world.application.images.embed_then_rank.embed("birds", progress=no_progress)

    assert world.queued(JobKind.RANK) == []


def test_what_is_ranked_already_is_not_ranked_again(world: World) -> None:
    first, *_ = send_images(world)
    world.work()
    world.annotate(first, "red")
    world.drop(*world.queued())

    world.application.images.embed_then_rank.embed("birds", progress=no_progress)

    assert world.queued() == []


def test_a_ranking_that_somebody_asked_for_is_not_the_projects_own(world: World) -> None:
    world.upload(a_png())
    world.rank(strategy_name="random")

    world.application.images.embed_then_rank.embed("birds", progress=no_progress)

    assert world.queued() == [JobKind.RANK]


def test_without_a_pool_nothing_is_ranked(world: World) -> None:
    world.application.images.embed_then_rank.embed("birds", progress=no_progress)

    assert world.queued() == []
