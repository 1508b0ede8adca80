"""Tests the MLP head against linear heads."""

import numpy as np
import pytest

from ml.errors import InvalidHeadOptions
from ml.heads.gradient.losses.registry import LOSSES
from ml.heads.gradient.mlp import Mlp
from ml.heads.linear.softmax_regression import SoftmaxRegression
from ml.heads.registry import head_recipe
from tests.ml.clouds import Cloud, cloud

# Small, so that each training takes no time.
FAST = Mlp(width=64, learning_rate=0.01)


def crossed(images: int, *, seed: int) -> Cloud:
    """Two classes that are not linearly separable: equal signs, different signs (XOR)."""
    corners = np.random.default_rng(seed).choice([-1.0, 1.0], size=(images, 2))
    around = cloud(images, noise=1.0, seed=seed).embeddings * 0.1
    around[:, :2] += corners.astype(np.float32)
    alike = corners[:, 0] == corners[:, 1]
    return Cloud(embeddings=around, targets=np.stack([alike, ~alike], axis=1))


def accuracy(recipe: Mlp | SoftmaxRegression) -> float:
    train, unseen = crossed(100, seed=0), crossed(100, seed=1)
    head = recipe.train(train.embeddings, train.targets, seed=0).head
    return float((head.logits(unseen.embeddings).argmax(axis=1) == unseen.targets.argmax(axis=1)).mean())


def test_learns_what_no_straight_line_parts() -> None:
    assert accuracy(FAST) > 0.95
    assert accuracy(SoftmaxRegression()) < 0.8


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_trains_it(loss: str) -> None:
    train = cloud(20, 20, 20)

    head = FAST.model_copy(update={"loss": loss}).train(train.embeddings, train.targets, seed=0).head

    assert (head.logits(train.embeddings).argmax(axis=1) == train.targets.argmax(axis=1)).all()


def test_cost_counts_both_layers() -> None:
    train = cloud(3, 3, 3)

    cost = Mlp(width=10, epochs=1).train(train.embeddings, train.targets, seed=0).head.cost()

    assert cost.multiply_adds == 8 * 10 + 10 * 3
    assert cost.parameters == cost.multiply_adds + 10 + 3


def test_unknown_loss_is_answered_with_the_nearest_name() -> None:
    with pytest.raises(
        InvalidHeadOptions, match='mlp: loss: no loss is called "mild-secnd": did you mean "mild-second"'
    ):
        head_recipe("mlp(loss=mild-secnd)")


def test_learning_rate_too_large_is_refused_with_what_to_do() -> None:
    with pytest.raises(InvalidHeadOptions, match="learning_rate: Input should be less than or equal to 1"):
        head_recipe("mlp(learning_rate=2)")
