"""k-means, also with fewer distinct points than clusters."""

import numpy as np
import pytest

from ml.geometry.k_means import MOST_ROWS_FITTED, k_means
from ml.types import Embeddings
from tests.ml.clouds import cloud


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def squared_distances(points: Embeddings, centres: Embeddings) -> Embeddings:
    return np.asarray(((points[:, None] - centres[None]) ** 2).sum(axis=2))


def test_clouds_far_apart_are_the_clusters() -> None:
    far_apart = cloud(20, 5, 10)

    found = k_means(far_apart.embeddings, 3, rng=rng())

    classes = far_apart.targets.argmax(axis=1)
    assert len(set(zip(classes.tolist(), found.members.tolist(), strict=True))) == 3


def test_every_point_belongs_to_its_nearest_centre() -> None:
    points = cloud(50, 50, noise=0.5).embeddings

    found = k_means(points, 7, rng=rng())

    by_hand = squared_distances(points, found.centres)
    assert np.array_equal(found.members, by_hand.argmin(axis=1))
    assert found.distances == pytest.approx(by_hand.min(axis=1), abs=1e-5)


def test_centres_are_weighted_means() -> None:
    points, weights = cloud(40, noise=0.5).embeddings, rng(1).random(40) + 0.1

    found = k_means(points, 1, weights=weights, rng=rng())

    assert found.centres[0] == pytest.approx(np.average(points, axis=0, weights=weights), abs=1e-5)


@pytest.mark.parametrize("off", [0.0, 1e-7])
def test_fewer_different_points_than_clusters_give_fewer_clusters(off: float) -> None:
    points = np.repeat(np.eye(2, 8, dtype=np.float32), 10, axis=0)

    found = k_means(points + np.float32(off) * rng().random(points.shape, dtype=np.float32), 15, rng=rng())

    assert 2 <= len(found.centres) <= 15
    assert set(found.members.tolist()) == set(range(len(found.centres)))
    assert not set(found.members[:10]) & set(found.members[10:])


def test_the_same_seed_gives_the_same_clusters() -> None:
    points = cloud(300, 300, noise=1.0).embeddings

    first, again = (k_means(points, 20, rng=rng(4)).members.tolist() for _ in range(2))

    assert first == again


def test_points_beyond_what_is_learned_from_join_the_nearest_centre() -> None:
    points = cloud(*[MOST_ROWS_FITTED // 2 + 10] * 3).embeddings

    found = k_means(points, 3, rng=rng())

    assert np.array_equal(found.members, squared_distances(points, found.centres).argmin(axis=1))
    assert set(np.bincount(found.members)) == {MOST_ROWS_FITTED // 2 + 10}
