"""The labels that heads are trained on within a pick."""

from dataclasses import replace

import numpy as np
import pytest

from ml.strategies.pool import Pool
from ml.strategies.training_subsample import SUBSAMPLE_SIZE, training_subsample
from tests.ml.pools import a_pool


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_few_labels_are_all_trained_on() -> None:
    pool = a_pool(labeled=9)

    labels = training_subsample(pool, rng=rng())

    assert labels is not None
    assert np.array_equal(labels.embeddings, pool.labeled_embeddings)
    assert np.array_equal(labels.targets, pool.labeled_targets)


def test_of_many_labels_a_sample_keeps_each_with_its_image() -> None:
    pool = a_pool(labeled=SUBSAMPLE_SIZE + 500)

    labels = training_subsample(pool, rng=rng())

    assert labels is not None
    assert len(labels.embeddings) == SUBSAMPLE_SIZE
    own = {
        image.tobytes(): label.tolist()
        for image, label in zip(pool.labeled_embeddings, pool.labeled_targets, strict=True)
    }
    assert all(
        own[image.tobytes()] == label.tolist() for image, label in zip(labels.embeddings, labels.targets, strict=True)
    )


@pytest.mark.parametrize(
    "pool",
    [
        a_pool(known=False),
        a_pool(classes=1),
        replace(a_pool(), labeled_targets=np.eye(3, dtype=bool)[[1] * 6]),
        replace(a_pool(multi_label=True), labeled_targets=np.zeros((6, 3), dtype=bool)),
    ],
    ids=["no label", "one class", "labels of one class", "only images of nothing"],
)
def test_equal_labels_leave_nothing_to_learn(pool: Pool) -> None:
    assert training_subsample(pool, rng=rng()) is None
