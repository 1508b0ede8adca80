"""Tests the centroid head."""

from dataclasses import replace

import numpy as np
import pytest

from ml.errors import InvalidHeadOptions
from ml.heads.base import Head, SideInformation
from ml.heads.linear.linear_head import LinearHead
from ml.heads.neighbours.centroids import CentroidHead, Centroids
from ml.heads.registry import head_recipe
from tests.ml.clouds import Cloud, cloud


def trained(recipe: Centroids, train: Cloud, previous: Head | None = None) -> CentroidHead:
    head = recipe.train(
        train.embeddings, train.targets, seed=0, side_information=SideInformation(previous=previous)
    ).head
    assert isinstance(head, CentroidHead)
    return head


def one_more(train: Cloud) -> Cloud:
    """Add another image of the last class."""
    return Cloud(
        embeddings=np.concatenate([train.embeddings, train.embeddings[-1:, ::-1]]),
        targets=np.concatenate([train.targets, train.targets[-1:]]),
    )


@pytest.mark.parametrize("classify", ["softmax", "knn"])
def test_previous_head_never_changes_the_result(classify: str) -> None:
    recipe, before = Centroids.of({"count": "3", "classify": classify}), cloud(20, 20, 20, noise=0.5)
    previous = trained(recipe, before)

    retrained, from_scratch = trained(recipe, one_more(before), previous), trained(recipe, one_more(before))

    expected = from_scratch.tensors()
    assert all(np.array_equal(tensor, expected[name]) for name, tensor in retrained.tensors().items())


def test_previous_head_of_fewer_classes_in_another_order_saves_those_it_had() -> None:
    recipe, now = Centroids(count=3), cloud(20, 20, 20, noise=0.5)
    had = now.targets[:, :2].any(axis=1)
    before = trained(recipe, Cloud(embeddings=now.embeddings[had], targets=now.targets[had, 1::-1]))
    altered = replace(before.centroids, centroids=-before.centroids.centroids)

    retrained = trained(recipe, now, replace(before, centroids=altered)).centroids

    for place_now, place_before in ((0, 1), (1, 0)):
        of_before = altered.centroids[altered.targets[:, place_before]]
        assert np.array_equal(retrained.centroids[retrained.targets[:, place_now]], of_before)


def test_previous_head_saves_its_untouched_classes_even_after_it_was_restored() -> None:
    recipe, before = Centroids(count=3), cloud(20, 20, noise=0.5)
    head = trained(recipe, before)
    altered = replace(head.centroids, centroids=-head.centroids.centroids)
    previous = recipe.restore(replace(head, centroids=altered).tensors())

    retrained = trained(recipe, one_more(before), previous).centroids

    untouched = retrained.targets[:, 0]
    assert np.array_equal(retrained.centroids[untouched], altered.centroids[altered.targets[:, 0]])
    assert not np.isin(retrained.centroids[~untouched], altered.centroids).any()


def test_a_previous_head_of_another_kind_is_of_no_use_and_no_harm() -> None:
    train = cloud(20, 20)
    other = head_recipe("nearest-class-mean").train(train.embeddings, train.targets, seed=0).head

    assert trained(Centroids(), train, other).classifier.cost() == trained(Centroids(), train).classifier.cost()


def test_serving_costs_the_same_however_many_images_there_are() -> None:
    few, many = (trained(Centroids(count=3, classify="knn"), cloud(each, each, noise=0.5)) for each in (20, 60))

    assert few.cost() == many.cost()
    assert few.cost().multiply_adds == few.centroids.centroids.size


def test_softmax_on_centroids_is_a_linear_head() -> None:
    assert isinstance(trained(Centroids(), cloud(5, 5)).classifier, LinearHead)


def test_k_above_the_number_of_centroids_means_all_of_them() -> None:
    train = cloud(20, 20, noise=0.3)

    many, all_of_them = (trained(Centroids(count=2, classify="knn", k=k), train) for k in (100, 4))

    assert np.array_equal(many.logits(train.embeddings), all_of_them.logits(train.embeddings))


@pytest.mark.parametrize("name", ["centroids(count=0)", "centroids(method=mean)", "centroids(classify=tree)"])
def test_options_out_of_bounds_are_refused(name: str) -> None:
    with pytest.raises(InvalidHeadOptions, match="centroids"):
        head_recipe(name)
