"""TypiClust, against an independent library."""

import numpy as np
import pytest
from skactiveml.pool import TypiClust

from ml.strategies.diversity.typiclust import MOST_SCORED
from ml.strategies.pool import Pool
from ml.strategies.registry import strategy
from tests.ml.strategies.diversity.test_cluster_base import pool_of


def picked(pool: Pool, count: int) -> list[int]:
    return list(map(int, strategy("typical-clusters").pick(pool, count, rng=np.random.default_rng(0))))


def by_the_library(pool: Pool, count: int) -> list[int]:
    images = np.concatenate([pool.embeddings, pool.labeled_embeddings]).astype(np.float64)
    answers = np.r_[np.full(pool.size, np.nan), pool.labeled_targets.argmax(axis=1)]
    return list(map(int, TypiClust(k=20, random_state=0).query(images, answers, batch_size=count)))


@pytest.mark.parametrize("labeled", [(0, 0, 0, 0, 0), (0, 1, 0, 1, 0), (1, 0, 1, 0, 0)])
def test_picks_what_the_library_picks(labeled: tuple[int, ...]) -> None:
    pool = pool_of([40, 25, 12, 33, 3], labeled=labeled)

    count = 5 - sum(labeled)

    assert picked(pool, count) == by_the_library(pool, count)


def test_the_image_amid_the_others_comes_before_the_outliers() -> None:
    pool = pool_of([50], labeled=[0])
    distances = np.linalg.norm(pool.embeddings[:, None] - pool.embeddings[None], axis=2)

    assert picked(pool, 1) == [int(np.sort(distances, axis=1)[:, 1:21].mean(axis=1).argmin())]


def test_a_cluster_that_is_sampled_gives_an_image_near_its_centre() -> None:
    pool = pool_of([MOST_SCORED + 500], labeled=[0])
    cosines = pool.embeddings @ pool.embeddings.mean(axis=0)

    assert cosines[picked(pool, 1)] > np.quantile(cosines, 0.9)
