"""Uncertainty herding, against its formula by brute force."""

from dataclasses import replace

import numpy as np

from ml.strategies.hybrid.uncertainty_herding import UncertaintyHerding
from ml.strategies.pool import Pool, undecided
from ml.strategies.registry import strategy
from tests.ml.pools import a_pool


def picked(pool: Pool, count: int, name: str = "uncertainty-herding") -> list[int]:
    return list(map(int, strategy(name).pick(pool, count, rng=np.random.default_rng(0))))


def by_brute_force(pool: Pool, count: int) -> list[int]:
    images, labeled = pool.embeddings.astype(np.float64), pool.labeled_embeddings.astype(np.float64)
    mean_square = np.mean([((x - y) ** 2).sum() for x in images for y in images])
    width = np.sqrt(mean_square / np.sqrt(1 + len(labeled) / 3))
    falling = np.sort(pool.probabilities, axis=1)[:, ::-1]
    doubt = 1 - (falling[:, 0] - falling[:, 1])
    rows: list[int] = []
    for _ in range(count):
        centres = np.concatenate([labeled, images[rows]])
        covered = [[np.exp(-(((x - c) / width) ** 2).sum()) for c in [*centres, new]] for new in images for x in images]
        after = (np.max(covered, axis=1).reshape(len(images), len(images)) * doubt).sum(axis=1)
        rows.append(int(after.argmax()))
    return rows


def test_picks_by_the_formula() -> None:
    pool = a_pool(images=25)

    assert picked(pool, 4) == by_brute_force(pool, 4)


def test_before_the_first_version_it_is_max_herding() -> None:
    pool = replace(a_pool(images=60), classify=None, probabilities=undecided(images=60, classes=3))

    assert picked(pool, 20) == picked(pool, 20, "max-herding")


def test_uncertain_images_that_represent_others_come_first() -> None:
    pool = a_pool(images=60, classes=3, noise=0.1)
    looks_like = pool.probabilities.argmax(axis=1)
    unsure_of_one = np.where(looks_like[:, None] == 1, [0.5, 0.5, 0.0], np.eye(3)[looks_like])

    assert set(looks_like[picked(replace(pool, probabilities=unsure_of_one), 5)]) == {1}


def test_it_covers_all_images_if_none_is_uncertain() -> None:
    pool = a_pool(images=60, noise=0.1)
    looks_like = pool.probabilities.argmax(axis=1)
    sure = replace(pool, probabilities=np.eye(3)[looks_like])

    assert set(looks_like[picked(sure, 6)]) == {0, 1, 2}


def test_the_more_labels_the_less_each_covers() -> None:
    pool, sparse = a_pool(labeled=30), a_pool(labeled=6)

    widths = [
        UncertaintyHerding().squared_radius(each, np.ones((2, 2), dtype=np.float32), rng=np.random.default_rng(0))
        for each in (pool, sparse)
    ]

    assert 0 < widths[0] < widths[1]


def test_a_pair_of_duplicates_among_the_labels_changes_nothing_much() -> None:
    pool = a_pool(images=60, labeled=30)
    twice = np.vstack([pool.labeled_embeddings, pool.labeled_embeddings[:1]])

    assert picked(replace(pool, labeled_embeddings=twice), 3) == picked(pool, 3)
