"""Tests the nearest class mean head against scikit-learn."""

import numpy as np
import pytest
from sklearn.neighbors import NearestCentroid

from ml.heads.neighbours.nearest_class_mean import SCALE, class_means
from tests.ml.clouds import cloud


def test_agrees_with_scikit_learn_on_means_of_length_one() -> None:
    train, unseen = cloud(9, 5, 7, noise=0.6), cloud(40, 40, 40, noise=0.6, seed=1)
    centroids = NearestCentroid().fit(train.embeddings, train.targets.argmax(axis=1))
    centroids.centroids_ /= np.linalg.norm(centroids.centroids_, axis=1, keepdims=True)

    predicted = class_means(train.embeddings, train.targets).logits(unseen.embeddings).argmax(axis=1)

    assert np.array_equal(predicted, centroids.predict(unseen.embeddings))


def test_logits_are_scaled_cosines_with_the_mean() -> None:
    embeddings = np.array([[1, 0], [0, 1], [0, -1]], dtype=np.float32)
    targets = np.array([[True, False, False], [True, False, False], [False, True, False]])

    logits = class_means(embeddings, targets).logits(embeddings[:1])

    assert logits[0, :2] == pytest.approx([SCALE * np.sqrt(0.5), 0], abs=1e-5)
    assert logits[0, 2] == -np.inf
