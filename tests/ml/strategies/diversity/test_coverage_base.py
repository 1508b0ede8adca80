"""Greedy coverage against brute force, and pools that are subsampled."""

import numpy as np
import pytest
from numpy.typing import NDArray

from ml.strategies.diversity.coverage_base import REFRESHED_AT_ONCE, most_covering
from ml.strategies.diversity.max_herding import MaxHerding
from tests.ml.pools import a_pool


def numbers(*shape: int, seed: int = 0) -> NDArray[np.float32]:
    return np.random.default_rng(seed).random(shape, dtype=np.float32)


def by_brute_force(
    similarities: NDArray[np.float32], covered: NDArray[np.float32], weights: NDArray[np.float32], count: int
) -> list[int]:
    picked: list[int] = []
    for _ in range(count):
        after = [(np.maximum(covered, row) * weights).mean() for row in similarities]
        left = [place for place in range(len(after)) if place not in picked]
        picked.append(max(left, key=lambda place: after[place]))
        covered = np.maximum(covered, similarities[picked[-1]])
    return picked


@pytest.mark.parametrize("candidates", [12, 3 * REFRESHED_AT_ONCE])
def test_picks_the_greatest_gain_each_time(candidates: int) -> None:
    similarities, covered, weights = numbers(candidates, 40), np.float32(0.5) * numbers(40, seed=1), numbers(40, seed=2)

    expected = by_brute_force(similarities, covered, weights, 12)

    assert most_covering(similarities, covered=covered, weights=weights, count=12).tolist() == expected


def test_the_rest_comes_in_order_once_everything_is_covered() -> None:
    similarities = np.eye(5, dtype=np.float32)
    covered = np.array([1, 1, 0, 1, 1], dtype=np.float32)

    picked = most_covering(similarities, covered=covered, weights=np.ones(5, dtype=np.float32), count=5)

    assert picked.tolist() == [2, 0, 1, 3, 4]


class OfTwenty(MaxHerding):
    kind = "of-twenty"
    most_compared = 20


def picked(count: int, seed: int = 0) -> list[int]:
    pool = a_pool(images=50, noise=0.1)
    return list(map(int, OfTwenty().pick(pool, count, rng=np.random.default_rng(seed))))


def test_a_subsample_represents_the_whole_pool() -> None:
    classes = a_pool(images=50, noise=0.1).probabilities.argmax(axis=1)

    assert set(classes[picked(3)]) == {0, 1, 2}


def test_every_seed_draws_another_part() -> None:
    assert len({picked(1, seed)[0] for seed in range(10)}) > 1


def test_more_than_are_compared_are_picked_all_the_same() -> None:
    assert sorted(picked(50)) == list(range(50))
    assert picked(50)[:20] == picked(20)
