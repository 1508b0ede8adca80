"""Max-herding, against an independent library."""

from dataclasses import replace

import numpy as np
import pytest
from skactiveml.pool import MaxHerding as TheirMaxHerding

from ml.strategies.pool import Pool
from ml.strategies.registry import strategy
from tests.ml.pools import a_pool


def picked(pool: Pool, count: int) -> list[int]:
    return list(map(int, strategy("max-herding").pick(pool, count, rng=np.random.default_rng(0))))


def by_the_library(pool: Pool, count: int, *, squared_width: float) -> list[int]:
    images = np.concatenate([pool.embeddings, pool.labeled_embeddings]).astype(np.float64)
    answers = np.r_[np.full(pool.size, np.nan), pool.labeled_targets.argmax(axis=1)]
    theirs = TheirMaxHerding(metric_dict={"gamma": 1 / squared_width}, random_state=0)
    return list(map(int, theirs.query(images, answers, batch_size=count)))


@pytest.mark.parametrize("labeled", [0, 6])
def test_picks_what_the_library_picks(labeled: int) -> None:
    pool = a_pool(images=60, labeled=labeled)
    distances = np.linalg.norm(pool.embeddings[:, None] - pool.embeddings[None], axis=2)
    squared_width = float((distances**2).mean())

    assert picked(pool, 8) == by_the_library(pool, 8, squared_width=squared_width)


def test_one_image_of_each_cloud_comes_first() -> None:
    pool = a_pool(images=60, classes=6, labeled=0, noise=0.1)

    assert sorted(pool.probabilities[picked(pool, 6)].argmax(axis=1)) == list(range(6))


def test_what_lies_near_a_labeled_image_is_covered() -> None:
    pool = a_pool(images=60, classes=3, noise=0.1)
    of_two_classes = replace(pool, labeled_embeddings=np.eye(2, 8, dtype=np.float32))

    assert pool.probabilities[picked(of_two_classes, 1)].argmax() == 2


def test_an_encoder_that_puts_all_images_close_together_gives_the_same_images() -> None:
    pool = a_pool(images=60)
    in_common = np.full((60, 1), np.sqrt(0.99), dtype=np.float32)
    close_together = np.hstack([np.float32(0.1) * pool.embeddings, in_common])

    nothing_labeled = replace(pool, labeled_embeddings=pool.labeled_embeddings[:0])

    assert picked(replace(nothing_labeled, embeddings=close_together), 8) == picked(nothing_labeled, 8)
