"""Tests the objective of parent and class losses, against its terms and against scikit-learn."""

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from scipy.special import softmax
from sklearn.linear_model import LogisticRegression

from ml.heads.linear.linear_head import rotated_features
from ml.heads.linear.shared_weights import Objective, Parameters, fit_shared_weights_path, objective_of
from ml.labels.hierarchy import parent_members, parent_probabilities
from tests.ml.clouds import Cloud, cloud

PARENTS = ("a", "b", "a", "b")
CHILD_WEIGHT = 1.5


@pytest.fixture
def images() -> Cloud:
    return cloud(6, 5, 4, 3, noise=0.6)


@pytest.fixture
def objective(images: Cloud) -> Objective:
    frame = rotated_features(images.embeddings)
    return objective_of(frame, images.targets, parent_members(PARENTS), child_weight=CHILD_WEIGHT)


def some_parameters(objective: Objective) -> Parameters:
    return np.random.default_rng(0).normal(size=objective.size)


def test_loss_is_that_of_the_parent_plus_that_of_the_class_in_it(images: Cloud, objective: Objective) -> None:
    parameters = some_parameters(objective)

    loss, _ = objective.loss_and_gradient(parameters, 1e9)

    weights, biases = objective.weights_and_biases(parameters)
    of_classes = softmax(objective.coordinates @ weights.T + biases, axis=1)
    of_parents = parent_probabilities(of_classes, PARENTS)
    of_class, of_parent = of_classes[images.targets], of_parents[images.targets @ parent_members(PARENTS)]
    expected = -np.log(of_parent) - CHILD_WEIGHT * np.log(of_class / of_parent)
    assert loss == pytest.approx(expected.mean(), abs=1e-5)


def test_gradient_is_the_slope_of_the_loss(objective: Objective) -> None:
    parameters = some_parameters(objective)

    _, gradient = objective.loss_and_gradient(parameters, 3.0)

    slope = approx_fprime(parameters, lambda at: objective.loss_and_gradient(at, 3.0)[0], 1e-3)
    np.testing.assert_allclose(gradient, slope, atol=2e-3)


def test_weights_of_a_class_are_its_own_plus_its_parents(objective: Objective) -> None:
    parents_alone = np.zeros(objective.size)
    dimension = objective.coordinates.shape[1]
    parents_alone[4 * dimension : 5 * dimension] = 1

    weights, _ = objective.weights_and_biases(parents_alone)

    assert weights.tolist() == [[1] * dimension, [0] * dimension, [1] * dimension, [0] * dimension]


def test_classes_that_are_their_own_parents_are_plain_softmax_regression(images: Cloud) -> None:
    alone = np.eye(4, dtype=np.bool_)

    (head,) = fit_shared_weights_path(images.embeddings, images.targets, alone, [5.0], child_weight=1.0)

    # The weights of class and parent are then equal, and each has half the penalty.
    plain = LogisticRegression(C=10, tol=1e-6).fit(images.embeddings.astype(np.float64), images.targets.argmax(axis=1))
    ours = softmax(head.logits(images.embeddings), axis=1)
    assert ours == pytest.approx(plain.predict_proba(images.embeddings), abs=0.005)


def test_later_settings_start_from_earlier_ones_and_end_where_they_would_alone(images: Cloud) -> None:
    members = parent_members(PARENTS)

    along = fit_shared_weights_path(images.embeddings, images.targets, members, [1.0, 30.0], child_weight=CHILD_WEIGHT)
    (alone,) = fit_shared_weights_path(images.embeddings, images.targets, members, [30.0], child_weight=CHILD_WEIGHT)

    later, from_nothing = (softmax(head.logits(images.embeddings), axis=1) for head in (along[1], alone))
    np.testing.assert_allclose(later, from_nothing, atol=0.005)
