"""The order of a pool by a strategy."""

import numpy as np
import pytest

from ml.labels.label_mode import SINGLE_LABEL
from ml.ranking.rank import rank
from ml.strategies.base import LEAST_OF_PICKED, BaseStrategy
from ml.strategies.pool import Pool
from ml.strategies.registry import strategies, strategy
from tests.ml.pools import a_pool


def first_rows(pool: Pool, name: str, *, count: int = 5, seed: int = 0) -> list[int]:
    return list(map(int, rank(strategy(name), pool, count=count, seed=seed).rows[:count]))


@pytest.mark.parametrize("name", ["margin", "margin(distinct=0.9)"])
def test_each_image_has_one_place_and_worth_falls_along_the_order(name: str) -> None:
    pool = a_pool(images=40)

    ranked = rank(strategy(name), pool, count=7, seed=0)

    assert sorted(ranked.rows) == list(range(40))
    assert (np.diff(ranked.worth[ranked.rows]) <= 0).all()
    assert ((ranked.worth >= 0) & (ranked.worth <= 1)).all()
    assert ranked.picked == 7


def test_a_measure_gives_its_own_worth() -> None:
    pool = a_pool(images=10)

    ranked = rank(strategy("margin"), pool, count=3, seed=0)

    largest = np.sort(pool.probabilities, axis=1)
    assert ranked.worth == pytest.approx(1 - (largest[:, -1] - largest[:, -2]))


def test_what_was_picked_together_is_worth_more_than_all_else() -> None:
    pool = a_pool(images=30)

    ranked = rank(strategy("margin(random_share=1)"), pool, count=10, seed=0)

    assert ranked.worth[ranked.rows[:10]].min() > LEAST_OF_PICKED
    assert ranked.worth[ranked.rows[10:]].max() <= LEAST_OF_PICKED


def test_an_image_scored_alone_ranks_among_those_not_picked() -> None:
    torn = np.array([[0.5, 0.5]])

    alone = [
        strategy(name).worth_alone(torn, mode=SINGLE_LABEL, rng=np.random.default_rng(0))[0]
        for name in ("margin", "margin(random_share=0.5)")
    ]

    assert alone == [1.0, LEAST_OF_PICKED]


def test_the_seed_decides_among_equal_images() -> None:
    pool = a_pool(images=30, known=False)

    assert first_rows(pool, "margin", seed=1) == first_rows(pool, "margin", seed=1)
    assert first_rows(pool, "margin", seed=1) != first_rows(pool, "margin", seed=2)


@pytest.mark.parametrize("kind", strategies(), ids=lambda each: each.name)
def test_images_drawn_at_random_are_reported(kind: BaseStrategy) -> None:
    each = strategy(f"{kind.name}(random_share=0.5)")
    pool = a_pool(images=40)

    ranked = rank(each, pool, count=10, seed=3)

    assert set(ranked.at_random.tolist()) <= set(ranked.rows[:10].tolist())
    assert len(ranked.at_random) in ({10} if kind.name == "random" else {5})


def test_reported_random_images_do_not_depend_on_the_choice_of_the_strategy() -> None:
    pool = a_pool(images=40)

    drawn = [
        rank(strategy(f"{name}(random_share=0.5)"), pool, count=10, seed=3).at_random.tolist()
        for name in ("margin", "entropy")
    ]

    assert drawn[0] == drawn[1]


@pytest.mark.parametrize(("name", "drawn"), [("margin", 0), ("random", 10), ("random(most_per_class=0.4)", 0)])
def test_without_a_random_share_only_an_unhindered_random_order_is_at_random(name: str, drawn: int) -> None:
    ranked = rank(strategy(name), a_pool(images=40), count=10, seed=0)

    assert sorted(ranked.at_random) == sorted(ranked.rows[:drawn])


def test_an_empty_pool_has_an_empty_order() -> None:
    ranked = rank(strategy("margin(distinct=0.9)"), a_pool(images=0), count=5, seed=0)

    assert (len(ranked.rows), len(ranked.worth), ranked.picked) == (0, 0, 0)
