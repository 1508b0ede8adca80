"""Tests minimising an objective over tensors, with and without bounds."""

import pytest
import torch
from sklearn.linear_model import LogisticRegression

from ml.heads.gradient.layers import last_layer
from ml.heads.gradient.lbfgs import UNBOUNDED, minimise_lbfgs
from tests.ml.clouds import DIMENSION, cloud


def test_least_squares_are_found() -> None:
    weights = torch.zeros(2, requires_grad=True)

    minimise_lbfgs(lambda: (weights - torch.tensor([3.0, -4.0])).square().sum(), [weights])

    assert weights.tolist() == pytest.approx([3, -4], abs=1e-4)


def test_bounds_hold_exactly_and_only_for_their_tensor() -> None:
    bound, free = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    goal = torch.tensor([5.0, -5.0])

    minimise_lbfgs(
        lambda: (bound - goal).square().sum() + (free - goal).square().sum(),
        [bound, free],
        bounds=[(0.0, 1.0), UNBOUNDED],
    )

    assert bound.tolist() == [1, 0]
    assert free.tolist() == pytest.approx([5, -5], abs=1e-3)


def test_penalised_cross_entropy_comes_out_as_in_scikit_learn() -> None:
    train = cloud(30, 30, 30, noise=0.5)
    inputs, classes = torch.from_numpy(train.embeddings), torch.from_numpy(train.targets.argmax(axis=1))
    layer = last_layer(DIMENSION, 3)

    minimise_lbfgs(
        lambda: (
            torch.nn.functional.cross_entropy(layer(inputs), classes, reduction="sum")
            + layer.weight.square().sum() / (2 * 10)
        ),
        [layer.weight, layer.bias],
    )

    plain = LogisticRegression(C=10, tol=1e-8).fit(train.embeddings, classes)
    ours = layer(inputs).softmax(dim=1).detach().numpy()
    assert ours == pytest.approx(plain.predict_proba(train.embeddings), abs=0.005)


def test_number_of_threads_is_as_before() -> None:
    threads = torch.get_num_threads()
    weights = torch.ones(1, requires_grad=True)

    minimise_lbfgs(lambda: weights.square().sum(), [weights])

    assert torch.get_num_threads() == threads
