"""Tests the centroids of classes, and when they are reused."""

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from sklearn.cluster import KMeans

from ml.geometry.l2_normalise import l2_normalise
from ml.heads.neighbours.class_centroids import ClassCentroids, Clustering, Method
from ml.types import Embeddings
from tests.ml.clouds import Cloud, cloud

METHODS: tuple[Method, ...] = get_args(Method)
EVERY_METHOD = pytest.mark.parametrize("method", METHODS)


def clustering(method: Method = "kmeans", count: int = 3, seed: int = 0) -> Clustering:
    return Clustering(method=method, count=count, seed=seed)


def found(clustering: Clustering, train: Cloud, known: ClassCentroids | None = None) -> ClassCentroids:
    return clustering.centroids(train.embeddings, train.targets, known=known)


def of_class(centroids: ClassCentroids, index: int) -> Embeddings:
    return centroids.centroids[centroids.targets[:, index]]


def recognisable(centroids: ClassCentroids) -> ClassCentroids:
    """Shift all centroids, so that reused ones differ from those that are computed again."""
    return replace(centroids, centroids=centroids.centroids + 100)


@EVERY_METHOD
def test_each_class_gets_as_many_centroids_as_asked_for(method: Method) -> None:
    centroids = found(clustering(method), cloud(20, 9, noise=0.5))

    assert centroids.targets.sum(axis=0).tolist() == [3, 3]
    assert np.linalg.norm(centroids.centroids, axis=1) == pytest.approx(1, abs=1e-6)


@EVERY_METHOD
def test_images_are_their_own_centroids_where_there_are_no_more_of_them(method: Method) -> None:
    train = cloud(3, 1, 0)

    centroids = found(clustering(method), train)

    assert centroids.targets.sum(axis=0).tolist() == [3, 1, 0]
    assert sorted(of_class(centroids, 0).tolist()) == sorted(train.embeddings[:3].tolist())


@EVERY_METHOD
def test_equal_images_are_one_centroid(method: Method) -> None:
    train = cloud(2, 1)
    again = np.repeat(np.arange(3), 50)

    centroids = clustering(method).centroids(train.embeddings[again], train.targets[again])

    assert centroids.targets.sum(axis=0).tolist() == [2, 1]


def test_images_that_differ_by_next_to_nothing_do_no_harm() -> None:
    train = cloud(40, 40)
    by_a_bit = np.random.default_rng(0).choice([-1, 2], size=train.embeddings.shape).astype(np.float32)
    alike = np.nextafter(train.embeddings[np.repeat([0, 40], 40)], by_a_bit)

    centroids = clustering(count=10).centroids(alike, train.targets)

    assert np.isfinite(centroids.centroids).all()


@EVERY_METHOD
def test_another_seed_finds_other_centroids(method: Method) -> None:
    train = cloud(60, 60, noise=1.0)

    first, second = (found(clustering(method, count=5, seed=seed), train).centroids for seed in (0, 1))

    assert not np.array_equal(first, second)


def test_k_means_is_about_as_good_as_the_best_of_many_by_scikit_learn() -> None:
    train = cloud(200, 200, noise=1.0)
    images = train.embeddings[:200]
    best = KMeans(5, n_init=20, random_state=1).fit(images)

    centroids = of_class(found(clustering(count=5), train), 0)

    theirs = l2_normalise(best.cluster_centers_)
    assert (images @ centroids.T).max(axis=1).mean() > 0.97 * (images @ theirs.T).max(axis=1).mean()


@EVERY_METHOD
def test_neither_order_of_images_nor_order_of_classes_matters(method: Method) -> None:
    train = cloud(20, 30, 10, noise=0.5)
    shuffled = np.random.default_rng(0).permutation(60)

    forth = found(clustering(method), train)
    back = clustering(method).centroids(train.embeddings[shuffled], train.targets[shuffled][:, ::-1])

    for index in range(3):
        assert np.array_equal(of_class(forth, index), of_class(back, 2 - index))


@EVERY_METHOD
def test_centroids_of_classes_whose_images_did_not_change_are_taken_over(method: Method) -> None:
    before, after = cloud(20, 20, 20, noise=0.5), cloud(20, 20, 21, noise=0.5)
    untouched = np.r_[:40]
    after.embeddings[untouched] = before.embeddings[untouched]
    known = recognisable(found(clustering(method), before))

    centroids = found(clustering(method), after, known)

    assert np.array_equal(of_class(centroids, 0), of_class(known, 0))
    assert np.array_equal(of_class(centroids, 1), of_class(known, 1))
    assert np.array_equal(of_class(centroids, 2), of_class(found(clustering(method), after), 2))


def test_centroids_are_taken_over_when_classes_come_in_another_order() -> None:
    train = cloud(20, 30, noise=0.5)
    known = recognisable(found(clustering(), train))

    turned = clustering().centroids(train.embeddings, train.targets[:, ::-1], known=known)

    assert np.array_equal(of_class(turned, 0), of_class(known, 1))


@pytest.mark.parametrize("other", [clustering(count=4), clustering(seed=1), clustering("minibatch")], ids=str)
def test_centroids_found_in_another_way_are_not_taken_over(other: Clustering) -> None:
    train = cloud(20, 20, noise=0.5)
    known = recognisable(found(other, train))

    centroids = found(clustering(), train, known)

    assert np.array_equal(centroids.centroids, found(clustering(), train).centroids)


@EVERY_METHOD
def test_retraining_one_label_at_a_time_ends_where_training_once_does(method: Method) -> None:
    train = cloud(12, 12, noise=0.5)
    known = None
    for images in (*range(6, 12), *range(18, 25)):
        known = clustering(method).centroids(train.embeddings[:images], train.targets[:images], known=known)

    once = found(clustering(method), train)

    assert known is not None
    assert np.array_equal(known.centroids, once.centroids)
    assert np.array_equal(known.fingerprints, once.fingerprints)
