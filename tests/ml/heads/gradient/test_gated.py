"""Tests that gates close dimensions without information about classes."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from ml.heads.gradient.gate_training import train_gated
from ml.heads.gradient.gated import Gated, GatedHead
from ml.heads.gradient.losses.cross_entropy import cross_entropy
from ml.heads.gradient.losses.registry import LOSSES
from ml.heads.gradient.standardised_features import standardised_features
from tests.ml.clouds import DIMENSION, Cloud, cloud

CLASSES = 3


def with_noise(dimensions: int) -> Cloud:
    """Three classes along the first three axes, and additional dimensions of noise."""
    images = cloud(40, 40, 40, noise=0.3)
    noise = np.random.default_rng(1).normal(scale=0.3, size=(120, dimensions)).astype(np.float32)
    return Cloud(embeddings=np.hstack([images.embeddings, noise]), targets=images.targets)


def gates(images: Cloud, *, l1: float) -> NDArray[np.float32]:
    return train_gated(standardised_features(images.embeddings, images.targets), cross_entropy, l1=l1, l2=0.1)[1]


def trained(images: Cloud, *, l1: float) -> GatedHead:
    head = Gated(l1=l1).train(images.embeddings, images.targets, seed=0).head
    assert isinstance(head, GatedHead)
    return head


def test_gates_of_useless_dimensions_close_and_those_of_useful_ones_stay_open() -> None:
    found = gates(with_noise(50), l1=0.1)

    assert (found[:CLASSES] > 0.9).all()
    assert (found[DIMENSION:] == 0).mean() > 0.8


def test_gates_move_from_where_they_start_and_some_stop_on_the_way() -> None:
    found = gates(with_noise(50), l1=0.03)

    assert (found >= 0).all()
    assert (found <= 1).all()
    assert ((found > 0) & (found < 1)).any()


def test_larger_penalty_closes_more() -> None:
    images = with_noise(20)

    opened = [int((gates(images, l1=l1) > 0).sum()) for l1 in (1e-6, 0.005, 0.1)]

    assert opened[0] == DIMENSION + 20
    assert opened[0] > opened[1] > opened[2] > 0


def test_only_open_dimensions_are_kept_and_multiplied() -> None:
    images = with_noise(50)

    head = trained(images, l1=0.1)

    opened = len(head.open_dimensions)
    assert 3 <= opened < 20
    assert head.cost().multiply_adds == 3 * opened
    assert head.cost().parameters == 3 * opened + opened + 3


def test_closed_dimension_has_no_say() -> None:
    images = with_noise(50)
    head = trained(images, l1=0.1)
    closed = np.setdiff1d(np.arange(DIMENSION + 50), head.open_dimensions)
    changed = images.embeddings.copy()
    changed[:, closed] = 100

    assert np.array_equal(head.logits(changed), head.logits(images.embeddings))


def test_still_tells_classes_apart_through_what_is_open() -> None:
    images = with_noise(50)

    head = trained(images, l1=0.1)

    assert (head.logits(images.embeddings).argmax(axis=1) == images.targets.argmax(axis=1)).mean() > 0.95


def test_penalty_so_large_that_all_gates_close_still_gives_logits() -> None:
    head = trained(with_noise(2), l1=1e3)

    assert len(head.open_dimensions) == 0
    assert np.isfinite(head.logits(with_noise(2).embeddings)).all()


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_trains_it(loss: str) -> None:
    images = cloud(20, 20, 20)

    head = Gated(loss=loss).train(images.embeddings, images.targets, seed=0).head

    assert (head.logits(images.embeddings).argmax(axis=1) == images.targets.argmax(axis=1)).all()


def test_torch_keeps_its_randomness() -> None:
    state = torch.random.get_rng_state()

    trained(cloud(10, 10), l1=0.01)

    assert torch.equal(torch.random.get_rng_state(), state)
