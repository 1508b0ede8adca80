"""Tests training a network: number of epochs, images used, and no side effects."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from ml.errors import InvalidHeadOptions
from ml.heads.gradient.gradient_descent import OptimizerConfig, TrainingSetup, hold_out, train_network
from ml.heads.gradient.layers import Dropout, last_layer, random_layer
from ml.heads.gradient.losses.cross_entropy import cross_entropy
from tests.ml.clouds import DIMENSION, Cloud, cloud

DESCENT = OptimizerConfig(learning_rate=0.02, decay=0.97, weight_decay=0.01, batch_size=32, epochs=60, patience=4)


def learner(optimizer: OptimizerConfig = DESCENT, *, seed: int = 0) -> TrainingSetup:
    generator = torch.Generator().manual_seed(seed)
    network = nn.Sequential(
        random_layer(DIMENSION, 16, generator), nn.ReLU(), Dropout(0.3, generator), last_layer(16, 4)
    )
    return TrainingSetup(network=network, loss=cross_entropy, optimizer=optimizer, generator=generator)


def train(learns: TrainingSetup, images: Cloud) -> None:
    classes = torch.from_numpy(images.targets.argmax(axis=1))
    train_network(learns, torch.from_numpy(images.embeddings), classes)


class WatchedLoss:
    """Records the held-out loss after each epoch, and the size of each training batch since the last of them."""

    def __init__(self) -> None:
        self.validation_losses: list[float] = []
        self.batch_sizes: list[int] = []

    def __call__(self, logits: torch.Tensor, classes: torch.Tensor) -> torch.Tensor:
        loss = cross_entropy(logits, classes)
        if logits.requires_grad:
            self.batch_sizes.append(len(classes))
        else:
            self.validation_losses.append(loss.item())
            self.batch_sizes = []
        return loss


def watched(images: Cloud, optimizer: OptimizerConfig = DESCENT) -> WatchedLoss:
    loss = WatchedLoss()
    train(replace(learner(optimizer), loss=loss), images)
    return loss


def test_network_is_trained_for_the_epochs_that_held_out_images_found_best() -> None:
    loss = watched(cloud(40, 40, 40, noise=1.0))

    epochs = len(loss.batch_sizes) // 4
    assert loss.validation_losses[epochs - 1] == min(loss.validation_losses)
    assert len(loss.validation_losses) == epochs + DESCENT.patience < DESCENT.epochs


def test_epochs_end_the_search_that_patience_does_not() -> None:
    loss = watched(cloud(40, 40, 40), replace(DESCENT, epochs=3))

    assert (len(loss.batch_sizes) // 4, len(loss.validation_losses)) == (3, 3)


def test_images_too_few_to_judge_epochs_by_are_all_trained_on_for_every_epoch() -> None:
    loss = watched(cloud(30, 30, 30, 9))

    assert loss.validation_losses == []
    assert sum(loss.batch_sizes) == 99 * DESCENT.epochs


def test_a_fifth_finds_the_epochs_and_then_all_images_are_trained_on() -> None:
    images_seen = []

    def loss(logits: torch.Tensor, classes: torch.Tensor) -> torch.Tensor:
        images_seen.append(len(classes))
        return cross_entropy(logits, classes)

    train(replace(learner(replace(DESCENT, epochs=1)), loss=loss), cloud(40, 40, 40))

    search, validation, training = [32, 32, 32], [24], [32, 32, 32, 24]
    assert images_seen == search + validation + training


def test_a_fifth_of_each_class_is_held_out_and_never_a_class_as_a_whole() -> None:
    classes = torch.tensor([0] * 50 + [1] * 10 + [2])

    held_out = hold_out(classes, torch.Generator().manual_seed(0))

    assert np.bincount(classes[held_out], minlength=3).tolist() == [10, 2, 0]


def test_same_seed_gives_the_same_weights_and_another_seed_others() -> None:
    def weights(seed: int) -> list[torch.Tensor]:
        learns = learner(seed=seed)
        train(learns, cloud(40, 40, 40, noise=0.5))
        return [each.detach() for each in learns.network.parameters()]

    first, again, other = weights(1), weights(1), weights(2)

    assert all(map(torch.equal, first, again))
    assert not torch.equal(first[0], other[0])


def test_training_leaves_torch_as_it_was() -> None:
    state, threads = torch.random.get_rng_state(), torch.get_num_threads()

    train(learner(), cloud(40, 40, 40))

    assert torch.equal(torch.random.get_rng_state(), state)
    assert torch.get_num_threads() == threads


def test_network_is_left_without_dropout() -> None:
    learns = learner()
    train(learns, cloud(5, 5, 5))
    inputs = torch.from_numpy(cloud(5, 5, 5).embeddings)

    assert torch.equal(learns.network(inputs), learns.network(inputs))


def test_weights_that_grow_without_bound_are_refused_with_what_to_do() -> None:
    learns = learner(replace(DESCENT, learning_rate=1e30))

    with pytest.raises(InvalidHeadOptions, match=r"choose a learning_rate below 1e\+30"):
        train(learns, cloud(20, 20, 20))
