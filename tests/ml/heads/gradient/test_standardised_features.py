"""Tests standardising embeddings, and mapping layers back to embeddings."""

import numpy as np
import pytest

from ml.errors import NotEnoughLabels
from ml.heads.gradient.standardised_features import standardised_features
from tests.ml.clouds import DIMENSION, cloud


def test_inputs_have_mean_zero_in_each_dimension_and_variance_one_over_all() -> None:
    images = cloud(20, 30, noise=0.5)

    inputs = standardised_features(images.embeddings, images.targets).inputs

    assert inputs.mean(axis=0) == pytest.approx(np.zeros(DIMENSION), abs=1e-6)
    assert inputs.var() == pytest.approx(1, abs=1e-5)
    assert inputs.dtype == np.float32


def test_first_layer_gives_on_embeddings_what_it_gave_on_inputs() -> None:
    images = cloud(20, 30, noise=0.5)
    examples = standardised_features(images.embeddings, images.targets)
    random = np.random.default_rng(0)
    weights, biases = random.normal(size=(4, DIMENSION)).astype(np.float32), random.normal(size=4).astype(np.float32)

    on_weights, on_biases = examples.on_embeddings((weights, biases))

    expected = examples.inputs @ weights.T + biases
    assert images.embeddings @ on_weights.T + on_biases == pytest.approx(expected, abs=1e-4)


def test_classes_without_a_label_are_left_out_and_come_back_impossible() -> None:
    images = cloud(0, 3, 0, 2)
    examples = standardised_features(images.embeddings, images.targets)

    weights, biases = examples.of_all_classes((np.ones((2, 5), np.float32), np.array([1, 2], np.float32)))

    assert examples.classes.tolist() == [0, 0, 0, 1, 1]
    assert examples.images_per_class.tolist() == [3, 2]
    assert weights.sum(axis=1).tolist() == [0, 5, 0, 5]
    assert biases.tolist() == [-np.inf, 1, -np.inf, 2]


def test_embeddings_that_are_all_the_same_are_not_scaled_into_nothing() -> None:
    same = np.full((4, 3), 0.5, dtype=np.float32)

    examples = standardised_features(same, np.eye(2, dtype=np.bool_)[[0, 1, 0, 1]])

    assert (examples.inputs == 0).all()


def test_one_class_alone_is_not_enough() -> None:
    images = cloud(3, 0)

    with pytest.raises(NotEnoughLabels):
        standardised_features(images.embeddings, images.targets)
