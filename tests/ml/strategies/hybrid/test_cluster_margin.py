"""Cluster-margin: uncertain images that differ."""

from dataclasses import replace

import numpy as np

from ml.strategies.registry import strategy
from tests.ml.pools import a_pool


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_with_nothing_to_spare_it_picks_what_margin_picks() -> None:
    pool = a_pool(images=50)

    picked = strategy("cluster-margin(shortlist=1)").pick(pool, 8, rng=rng())

    assert set(picked.tolist()) == set(strategy("margin").pick(pool, 8, rng=rng()).tolist())


def test_decided_images_are_not_picked_however_different() -> None:
    pool = a_pool(images=60)
    decided = np.arange(60) % 2 == 0
    probabilities = np.where(decided[:, None], [1.0, 0.0, 0.0], [0.4, 0.4, 0.2])

    picked = strategy("cluster-margin(shortlist=3)").pick(replace(pool, probabilities=probabilities), 10, rng=rng())

    assert not decided[picked].any()


def test_of_two_heaps_of_equal_images_both_are_seen_at_once() -> None:
    heaps = np.repeat(np.eye(2, 8, dtype=np.float32), [95, 5], axis=0)
    pool = replace(a_pool(images=100), embeddings=heaps, probabilities=np.full((100, 3), 1 / 3))

    first, second = strategy("cluster-margin(shortlist=50)").pick(pool, 2, rng=rng())

    assert (first < 95, second < 95) == (True, False)


def test_images_worth_more_draw_the_choice_to_themselves() -> None:
    line = np.linspace(0, 1, 11, dtype=np.float32)[:, None]
    torn = np.array([[0.5, 0.5]] * 3 + [[0.99, 0.01]] * 8)
    pool = replace(a_pool(images=11, classes=2), embeddings=line, probabilities=torn)

    (picked,) = strategy("cluster-margin(shortlist=11)").pick(pool, 1, rng=rng())

    assert picked == 1
