"""Picking rules that all strategies share."""

from dataclasses import replace

import numpy as np
import pytest

from ml.ranking.rank import rank
from ml.strategies.picking_rules import PickingRules
from ml.strategies.pool import Pool
from ml.strategies.registry import strategy
from ml.types import Rows
from tests.ml.clouds import cloud
from tests.ml.pools import a_pool


def picked(name: str, pool: Pool, count: int, seed: int = 0) -> list[int]:
    return list(map(int, strategy(name).pick(pool, count, rng=np.random.default_rng(seed))))


def with_copies(pool: Pool, copies: int) -> Pool:
    rows = np.repeat(np.arange(pool.size), copies)
    return replace(pool, embeddings=pool.embeddings[rows], probabilities=pool.probabilities[rows])


def test_near_duplicates_of_what_was_picked_wait() -> None:
    pool = with_copies(a_pool(images=10), copies=5)

    plain, distinct = (picked(name, pool, 10) for name in ("margin", "margin(distinct=0.9999)"))

    assert len({row // 5 for row in plain}) == 2
    assert len({row // 5 for row in distinct}) == 10


def test_near_duplicates_of_labeled_images_wait() -> None:
    pool = a_pool(images=10)
    pool = replace(pool, labeled_embeddings=pool.embeddings[:4], labeled_targets=np.eye(3, dtype=bool)[[0, 1, 2, 0]])

    assert set(picked("margin(distinct=0.9999)", pool, 6)) == set(range(4, 10))


def test_near_duplicates_come_when_nothing_else_is_left() -> None:
    pool = with_copies(a_pool(images=2), copies=5)

    assert sorted(picked("margin(distinct=0.9)", pool, 10)) == list(range(10))


def test_no_class_has_more_than_its_share_while_others_are_left() -> None:
    pool = a_pool(images=90)
    looks_like = pool.probabilities.argmax(axis=1)
    doubtful_first = replace(pool, probabilities=np.where(looks_like[:, None] == 0, 0.4, 0.2) * pool.probabilities**0.1)

    capped = picked("margin(most_per_class=0.4)", doubtful_first, 10)

    assert np.bincount(doubtful_first.probabilities[capped].argmax(axis=1)).max() <= 4


def test_the_random_share_is_an_unbiased_sample_of_the_pool() -> None:
    pool = a_pool(images=100)
    counts = np.zeros(100)

    for seed in range(400):
        counts[picked("margin(random_share=1)", pool, 10, seed)] += 1

    assert counts.mean() == 40
    assert counts.std() == pytest.approx(6, abs=1.2)


@pytest.mark.parametrize(("count", "expected"), [(10, 3.0), (1, 0.3)])
def test_the_random_share_is_kept_on_average(count: int, expected: float) -> None:
    pool = a_pool(images=1_000)
    by_margin = set(picked("margin", pool, count))

    strangers = [len(set(picked("margin(random_share=0.3)", pool, count, seed)) - by_margin) for seed in range(200)]

    assert np.mean(strangers) == pytest.approx(expected, rel=0.15)


def test_with_a_random_share_the_strategy_chooses_only_the_rest() -> None:
    clouds = cloud(*[20] * 8, noise=0.05)
    pool = replace(a_pool(images=160, classes=8, known=False), embeddings=clouds.embeddings)
    typical = strategy("typical-clusters(random_share=0.5)")

    by_seed = [typical.pick(pool, 16, rng=np.random.default_rng(seed)) for seed in range(5)]
    drawn = [typical.drawn_at_random(pool, rows, rng=np.random.default_rng(seed)) for seed, rows in enumerate(by_seed)]

    of_clouds = [len(np.unique(np.setdiff1d(rows, some) // 20)) for rows, some in zip(by_seed, drawn, strict=True)]
    assert np.mean(of_clouds) > 7


def test_near_duplicates_wait_however_far_apart_they_come() -> None:
    films = a_pool(images=300, noise=2.0)
    pool = with_copies(films, copies=10)

    rows = picked("random(distinct=0.9999)", pool, 300)

    assert len({row // 10 for row in rows}) == 300


ASKED = [
    (PickingRules(distinct=0.9999), [12]),
    (PickingRules(distinct=0.1), [12, 48]),
    (PickingRules(random_share=1), []),
]


@pytest.mark.parametrize(("rules", "expected"), ASKED, ids=str)
def test_a_strategy_chooses_again_only_if_some_of_its_images_are_held_back(
    rules: PickingRules, expected: list[int]
) -> None:
    asked: list[int] = []

    def first(pool: Pool, count: int, *, rng: np.random.Generator) -> Rows:
        asked.append(count)
        return np.arange(count)

    rules.pick(first, strategy("margin").measure, a_pool(images=60), 12, rng=np.random.default_rng(0))

    assert asked == expected


def test_less_than_one_image_at_random_is_one_now_and_then_for_one_and_the_same_seed() -> None:
    shrinking = [a_pool(images=images) for images in range(400, 100, -5)]
    some = strategy("margin(random_share=0.04)")

    drawn = [len(rank(some, pool, count=10, seed=0).at_random) for pool in shrinking]

    assert np.mean(drawn) == pytest.approx(0.4, abs=0.2)
