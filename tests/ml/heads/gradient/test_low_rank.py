"""Tests low-rank heads."""

from functools import cache

import numpy as np
import pytest

from ml.errors import InvalidHeadOptions
from ml.heads.base import Head, HeadCost
from ml.heads.gradient.losses.registry import LOSSES
from ml.heads.gradient.low_rank import LowRank
from ml.heads.gradient.nonnegative_low_rank import NonnegativeLowRank
from ml.heads.gradient.two_layer_head import TwoLayerHead
from ml.types import Logits
from tests.ml.clouds import cloud

EIGHT_CLASSES = cloud(10, 10, 10, 10, 10, 10, 10, 10)

Kind = type[LowRank] | type[NonnegativeLowRank]
BOTH = pytest.mark.parametrize("kind", [LowRank, NonnegativeLowRank])


@cache
def trained(recipe: LowRank | NonnegativeLowRank) -> Head:
    """A head trained on eight classes, once for all tests: none changes it."""
    return recipe.train(EIGHT_CLASSES.embeddings, EIGHT_CLASSES.targets, seed=0).head


@BOTH
def test_default_rank_takes_half_the_numbers_of_a_flat_head(kind: Kind) -> None:
    # 8 dimensions x 8 classes; a direction takes 8 + 8.
    assert trained(kind()).cost() == HeadCost(parameters=2 * 16 + 8, multiply_adds=2 * 16)


@BOTH
def test_rank_that_saves_no_numbers_is_refused_with_the_largest_that_does(kind: Kind) -> None:
    assert trained(kind(rank=3)).cost().parameters == 3 * 16 + 8

    with pytest.raises(
        InvalidHeadOptions, match="rank: 4 saves no numbers with 8 dimensions and 8 classes, the largest that does is 3"
    ):
        trained(kind(rank=4))


def test_relu_counts_its_biases_among_the_numbers() -> None:
    assert trained(LowRank(rank=3, relu=True)).cost().parameters == 3 * 16 + 3 + 8


def test_two_dimensions_leave_nothing_to_save() -> None:
    train = cloud(4, 4)

    with pytest.raises(InvalidHeadOptions, match="nor does any other: use softmax-regression"):
        LowRank().train(train.embeddings[:, :2], train.targets, seed=0)


def test_more_directions_tell_more_classes_apart() -> None:
    def right(rank: int) -> float:
        unseen = cloud(*[20] * 8, seed=1)
        return float(
            (
                trained(LowRank(rank=rank)).logits(unseen.embeddings).argmax(axis=1) == unseen.targets.argmax(axis=1)
            ).mean()
        )

    assert right(1) < right(3)
    assert right(3) > 0.95


def test_relu_and_dropout_learn_too() -> None:
    images = cloud(20, 20, 20, 20)

    recipe = LowRank(rank=2, relu=True, dropout=0.2)
    head = recipe.train(images.embeddings, images.targets, seed=0).head

    assert isinstance(head, TwoLayerHead)
    assert (head.logits(images.embeddings).argmax(axis=1) == images.targets.argmax(axis=1)).mean() > 0.9


def test_dropout_leads_elsewhere_and_again_to_the_same_place() -> None:
    images = cloud(10, 10, 10, noise=0.5)

    def logits(dropout: float) -> Logits:
        head = LowRank(dropout=dropout).train(images.embeddings, images.targets, seed=0).head
        return head.logits(images.embeddings)

    assert np.array_equal(logits(0.5), logits(0.5))
    assert not np.allclose(logits(0.5), logits(0), atol=0.1)


@BOTH
@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_trains_it(kind: Kind, loss: str) -> None:
    images = cloud(20, 20, 20)

    head = kind(rank=2, loss=loss).train(images.embeddings, images.targets, seed=0).head

    assert (head.logits(images.embeddings).argmax(axis=1) == images.targets.argmax(axis=1)).all()


def test_no_weight_of_the_nonnegative_head_is_below_zero_and_some_are_exactly_zero() -> None:
    tensors = trained(NonnegativeLowRank()).tensors()

    for factor in (tensors["directions"], tensors["weights"]):
        assert (factor >= 0).all()
        assert 0 < (factor == 0).sum() < factor.size


def test_weights_of_the_plain_head_take_both_signs() -> None:
    tensors = trained(LowRank()).tensors()

    assert tensors["directions"].min() < 0 < tensors["directions"].max()
