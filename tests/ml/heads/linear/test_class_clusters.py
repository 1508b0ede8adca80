"""Tests that classes whose images look alike are in one cluster."""

import numpy as np
import pytest

from ml.heads.linear.class_clusters import cluster_classes
from ml.types import Targets
from tests.ml.clouds import Cloud, around

# Classes 0 and 2 share one axis of the cloud, 1 and 3 another.
AXES_OF_CLASS = np.array([[1, 0, 1, 0, 0], [0, 1, 0, 1, 0], [1, 0, 0, 0, 1], [0, 1, 0, 0, 0]], dtype=np.bool_)


def alike_in_pairs(*images_per_class: int) -> Cloud:
    classes = np.repeat(np.arange(4), images_per_class)
    targets: Targets = np.eye(4, dtype=np.bool_)[classes]
    return Cloud(embeddings=around(AXES_OF_CLASS[classes]).embeddings, targets=targets)


@pytest.mark.parametrize("number", [0, 2], ids=["square root", "given"])
def test_classes_that_look_alike_share_a_cluster(number: int) -> None:
    images = alike_in_pairs(5, 5, 5, 5)

    members = cluster_classes(images.embeddings, images.targets, number=number)

    assert members.shape == (4, 2)
    assert np.array_equal(members[0], members[2])
    assert np.array_equal(members[1], members[3])
    assert not np.array_equal(members[0], members[1])


def test_class_without_a_label_is_in_no_cluster() -> None:
    images = alike_in_pairs(5, 5, 0, 5)

    members = cluster_classes(images.embeddings, images.targets, number=2)

    assert members.sum(axis=1).tolist() == [1, 1, 0, 1]


def test_no_more_clusters_are_made_than_classes_have_a_label() -> None:
    images = alike_in_pairs(5, 5, 0, 0)

    members = cluster_classes(images.embeddings, images.targets, number=3)

    assert members.shape == (4, 2)
    assert members.any(axis=0).all()
