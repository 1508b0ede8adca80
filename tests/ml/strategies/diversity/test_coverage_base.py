"""Pools larger than what is compared."""

import numpy as np

from ml.strategies.diversity.max_herding import MaxHerding
from tests.ml.pools import a_pool


class OfTwenty(MaxHerding):
    kind = "of-twenty"
    most_compared = 20


def picked(count: int, seed: int = 0) -> list[int]:
    pool = a_pool(images=50, noise=0.1)
    return list(map(int, OfTwenty().pick(pool, count, rng=np.random.default_rng(seed))))


def test_a_part_of_the_pool_stands_for_all_of_it() -> None:
    classes = a_pool(images=50, noise=0.1).probabilities.argmax(axis=1)

    assert set(classes[picked(3)]) == {0, 1, 2}


def test_every_seed_draws_another_part() -> None:
    assert len({picked(1, seed)[0] for seed in range(10)}) > 1


def test_more_than_are_compared_are_picked_all_the_same() -> None:
    assert sorted(picked(50)) == list(range(50))
    assert picked(50)[:20] == picked(20)
