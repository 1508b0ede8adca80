"""How many images of the pool a picked one stands for."""

import numpy as np
import pytest

from ml.stands_for import stands_for
from tests.ml.clouds import cloud


@pytest.mark.parametrize("rows_at_once", [1, 7, 100])
def test_each_image_counts_for_the_picked_one_nearest_to_it(rows_at_once: int) -> None:
    pool = cloud(10, 20, 30, noise=0.1).embeddings
    chunks = (pool[start : start + rows_at_once] for start in range(0, 60, rows_at_once))

    assert stands_for(pool[[0, 10, 30]], chunks).tolist() == [10, 20, 30]


def test_of_equal_picked_images_the_first_stands_for_all() -> None:
    pool = cloud(5, 5, noise=0.1).embeddings

    assert stands_for(pool[[0, 0]], [pool]).tolist() == [10, 0]


def test_where_nothing_is_picked_nothing_stands_for_anything() -> None:
    assert stands_for(np.empty((0, 8), dtype=np.float32), [cloud(2, 2).embeddings]).shape == (0,)


def test_an_empty_pool_is_stood_for_by_nobody() -> None:
    assert stands_for(cloud(1, 1).embeddings, []).tolist() == [0, 0]
