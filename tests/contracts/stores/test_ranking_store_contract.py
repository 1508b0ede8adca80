"""Contract of all ranking stores."""

from collections.abc import Sequence

import pytest

from ml.ranking.explanation import ClosestClass
from service.domain.errors import NotFound
from service.domain.ranking.ranking import Explanation, NearestImage, NewRanking, RankedImage
from tests.contracts.storing import NOON, Stores

IMAGES = [RankedImage(image_id=f"{i}", worth=1 - i / 10, reason=f"owl or jay, {i}") for i in range(5)]


def rank(
    stores: Stores,
    images: Sequence[RankedImage] = IMAGES,
    *,
    seed: int = 0,
    project_id: str = "birds",
    version: int | None = None,
    is_own: bool = False,
) -> int:
    return stores.rankings.add(
        NewRanking(
            project_id=project_id,
            version=version,
            strategy="margin",
            is_own=is_own,
            seed=seed,
            created_at=NOON,
            pool_size=9,
            images=tuple(images),
        )
    )


def test_a_ranking_comes_back_in_its_order(stores: Stores) -> None:
    ranking_id = rank(stores, seed=3)

    ranking = stores.rankings.latest("birds", limit=10, after=0)

    assert ranking.images == tuple(IMAGES)
    assert (ranking.id, ranking.seed, ranking.version, ranking.pool_size) == (ranking_id, 3, None, 9)
    assert ranking.created_at == NOON


def test_a_ranking_says_why_it_is_by_its_strategy(stores: Stores) -> None:
    noted = NewRanking(
        project_id="birds",
        version=None,
        strategy="random",
        seed=0,
        created_at=NOON,
        pool_size=0,
        images=(),
        note="nothing beat random",
    )
    stores.rankings.add(noted)

    assert stores.rankings.latest("birds", limit=1, after=0).note == "nothing beat random"
    rank(stores)
    assert stores.rankings.latest("birds", limit=1, after=0).note is None


def test_a_ranking_is_read_from_any_place(stores: Stores) -> None:
    rank(stores)

    ranking = stores.rankings.latest("birds", limit=2, after=2)

    assert ranking.images == tuple(IMAGES[2:4])


def test_past_the_end_a_ranking_is_empty(stores: Stores) -> None:
    rank(stores, [])

    assert stores.rankings.latest("birds", limit=2, after=0).images == ()


def test_the_newest_ranking_of_the_project_counts(stores: Stores) -> None:
    for seed in range(8):
        rank(stores, seed=seed)
    rank(stores, seed=99, project_id="fish")

    assert stores.rankings.latest("birds", limit=1, after=0).seed == 7


def test_a_project_without_a_ranking_has_none(stores: Stores) -> None:
    rank(stores, project_id="fish")

    with pytest.raises(NotFound):
        stores.rankings.latest("birds", limit=1, after=0)


def test_a_long_ranking_is_read_across_its_pages(stores: Stores) -> None:
    images = [RankedImage(image_id=f"{number}", worth=0.5, reason="a tie") for number in range(1_700)]
    rank(stores, images)

    for after, limit in ((0, 500), (499, 2), (500, 501), (990, 900), (1_699, 5)):
        assert stores.rankings.latest("birds", limit=limit, after=after).images == tuple(images[after : after + limit])


def test_a_ranking_is_still_read_by_its_id_when_a_newer_one_is_there(stores: Stores) -> None:
    ranking_id = rank(stores, seed=1)
    rank(stores, IMAGES[:1], seed=2)

    ranking = stores.rankings.get("birds", ranking_id, limit=3, after=1)

    assert (ranking.seed, ranking.images) == (1, tuple(IMAGES[1:4]))


def test_a_ranking_of_another_project_is_not_found(stores: Stores) -> None:
    foreign = rank(stores, project_id="fish")

    with pytest.raises(NotFound):
        stores.rankings.get("birds", foreign, limit=1, after=0)


def test_why_an_image_was_picked_comes_back(stores: Stores) -> None:
    why = Explanation(
        closest_classes=(ClosestClass(label="owl", probability=0.5), ClosestClass(label="jay", probability=0.3)),
        nearest_labeled=(NearestImage(image_id="x", labels=("owl", "jay"), distance=0.25),),
        stands_for=37,
    )
    images = [
        RankedImage(image_id="a", worth=1.0, reason="torn", why=why),
        RankedImage(image_id="b", worth=0.9, reason="drawn", at_random=True),
        RankedImage(image_id="c", worth=0.1, reason="clear"),
    ]

    rank(stores, images)

    assert stores.rankings.latest("birds", limit=10, after=0).images == tuple(images)


def test_the_newest_of_the_projects_own_rankings_by_a_version_is_found_among_others(stores: Stores) -> None:
    rank(stores, seed=1, version=2, is_own=True)
    rank(stores, seed=2, version=2, is_own=True)
    rank(stores, seed=3, version=2)
    rank(stores, seed=4, version=3, is_own=True)
    rank(stores, seed=5, version=2, is_own=True, project_id="fish")

    found = stores.rankings.latest_own("birds", version=2, limit=2)

    assert (found.seed, found.images, found.is_own) == (2, tuple(IMAGES[:2]), True)


def test_a_version_that_never_ranked_has_no_ranking(stores: Stores) -> None:
    rank(stores, version=None, is_own=True)

    with pytest.raises(NotFound):
        stores.rankings.latest_own("birds", version=1, limit=1)
