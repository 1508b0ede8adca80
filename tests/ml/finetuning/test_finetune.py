"""Tests fine-tuning: only the last blocks change, the best epoch is kept, and results are reproducible."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from torch import Tensor, nn

from ml.encoders.efficientnet_lite.encoder import load_efficientnet_lite_network
from ml.encoders.frozen import Network
from ml.errors import FinetuningDiverged, NotEnoughLabels, NotTunable, TooFewToValidate, UnusableTargets
from ml.finetuning.blocks_training import TrainingImages, Weights, warmed_up_cosine
from ml.finetuning.finetune import Epoch, FinetunedNetwork, finetune
from ml.finetuning.network_blocks import last_blocks
from ml.finetuning.options import Augmentation, FinetuningOptions
from tests.ml.noisy_digits import noisy_digits
from tests.ml.tiny_networks import tiny_network

DIGITS = noisy_digits(100)
# A mirrored or very small digit would be another digit, or none.
UPRIGHT = Augmentation(flip=False, shift=0.05, scale=0.05, rotation_degrees=5, hue=0, saturation=0)
OPTIONS = FinetuningOptions(
    blocks=3, epochs=4, batch_size=16, learning_rate=3e-4, head_learning_rate=1e-3, augmentation=UPRIGHT
)


class Roots(nn.Module):
    """A network that returns NaN once a weight is below 0."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((1, 32), 0.1))

    def group_matcher(self, *, coarse: bool) -> dict[str, str]:
        return {"stem": "^weight"}

    def forward(self, images: Tensor) -> Tensor:
        return images[:, 0].mean(dim=1) * self.weight.sqrt()


def tuned(network: Network, images: TrainingImages = DIGITS, *, seed: int = 0, **changes: object) -> FinetunedNetwork:
    return finetune(network, images, options=OPTIONS.model_copy(update=changes), seed=seed)


def copied(weights: Weights) -> Weights:
    return {name: tensor.clone() for name, tensor in weights.items()}


def same(first: Weights, second: Weights) -> set[str]:
    """Return the names of tensors that are equal, bit for bit."""
    assert first.keys() == second.keys()
    return {name for name, tensor in first.items() if torch.equal(tensor, second[name])}


def test_it_tells_digits_apart_that_the_network_did_not() -> None:
    history = tuned(tiny_network("test_convnext"), noisy_digits(200)).history

    assert history[0].training_loss is None
    assert min(epoch.validation_loss for epoch in history) < 0.75 * history[0].validation_loss


def test_the_weights_are_those_of_the_epoch_of_least_validation_loss() -> None:
    network = tiny_network("test_convnext")
    after: list[Weights] = []

    def remember(_epoch: Epoch) -> None:
        after.append(copied(network.module.state_dict()))

    # Large steps, so that it converges in a few epochs.
    options = OPTIONS.model_copy(update={"learning_rate": 1e-3})
    found = finetune(network, noisy_digits(150), options=options, seed=1, on_epoch=remember)

    losses = [epoch.validation_loss for epoch in found.history]
    assert 0 < found.kept_epoch < len(losses) - 1
    assert found.kept_epoch == losses.index(min(losses))
    assert [epoch.number for epoch in found.history] == list(range(len(after)))
    assert same(found.weights, after[found.kept_epoch]) == found.weights.keys()


def test_where_no_epoch_is_better_the_network_stays_as_it_was() -> None:
    network = tiny_network("test_convnext")
    before = copied(network.module.state_dict())

    found = tuned(network, learning_rate=0.5, patience=2)

    assert found.kept_epoch == 0
    assert len(found.history) == 3
    assert same(found.weights, before) == before.keys()


@pytest.mark.parametrize("architecture", ["test_efficientnet", "test_resnet", "test_convnext", "test_vit"])
def test_only_the_last_blocks_change(architecture: str) -> None:
    network = tiny_network(architecture)
    before = copied(network.module.state_dict())
    trained = last_blocks(network.module, 2).names

    tuned(network, blocks=2, epochs=1)

    unchanged = same(copied(network.module.state_dict()), before)
    # Also the statistics of normalisation layers, which are not parameters.
    assert unchanged.isdisjoint(trained)
    assert unchanged | trained == before.keys()


def test_the_same_arguments_give_the_same_weights() -> None:
    torch.manual_seed(1)
    first = tuned(tiny_network(), epochs=2)
    torch.manual_seed(2)
    second = tuned(tiny_network(), epochs=2)

    assert first.history == second.history
    assert same(first.weights, second.weights) == first.weights.keys()


@pytest.fixture(scope="module")
def one_epoch() -> FinetunedNetwork:
    """Reference result that other runs of one epoch are compared to."""
    return tuned(tiny_network(), epochs=1)


def test_another_seed_gives_others(one_epoch: FinetunedNetwork) -> None:
    assert tuned(tiny_network(), seed=1, epochs=1).history != one_epoch.history


def test_the_generators_of_others_are_left_as_they_are() -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)

    tuned(tiny_network(), epochs=1)

    assert torch.equal(torch.rand(3), expected)


def test_images_may_lie_in_a_file(tmp_path: Path, one_epoch: FinetunedNetwork) -> None:
    np.save(tmp_path / "images.npy", DIGITS.images)
    mapped = replace(DIGITS, images=np.load(tmp_path / "images.npy", mmap_mode="r"))

    from_file = tuned(tiny_network(), mapped, epochs=1)

    assert from_file.history == one_epoch.history


def test_several_labels_an_image_are_learned() -> None:
    ten = np.asarray(DIGITS.targets)
    even_too = np.hstack([ten, ten[:, ::2].any(axis=1, keepdims=True)])
    images = TrainingImages(images=DIGITS.images, targets=even_too, multi_label=True)

    found = tuned(tiny_network("test_convnext"), images, epochs=2, label_smoothing=0.1)

    assert all(0 <= epoch.validation_accuracy <= 1 for epoch in found.history)
    assert found.history[2].training_loss is not None
    assert found.history[1].training_loss is not None
    assert found.history[2].training_loss < found.history[1].training_loss


def test_a_class_without_images_is_no_hindrance(one_epoch: FinetunedNetwork) -> None:
    more = np.hstack([DIGITS.targets, np.zeros((len(DIGITS.targets), 1), dtype=np.bool_)])

    found = tuned(tiny_network(), replace(DIGITS, targets=more), epochs=1)

    assert found.history == one_epoch.history


@pytest.mark.parametrize("steps", [1, 2, 10, 95, 300])
def test_the_learning_rate_goes_up_and_then_down_to_nearly_nothing(steps: int) -> None:
    rates = [warmed_up_cosine(step, steps=steps) for step in range(steps)]

    top = rates.index(max(rates))
    assert max(rates) == 1
    assert top <= 0.1 * steps + 1
    assert rates[:top] == sorted(rates[:top])
    assert rates[top:] == sorted(rates[top:], reverse=True)
    assert steps < 95 or rates[-1] < 0.01


def test_the_real_encoder_learns() -> None:
    images = noisy_digits(60)

    found = tuned(load_efficientnet_lite_network("efficientnet-lite0"), images, blocks=1, epochs=2, learning_rate=1e-4)

    first, second = (epoch.training_loss for epoch in found.history[1:])
    assert first is not None
    assert second is not None
    assert second < first


def test_one_class_only_is_refused() -> None:
    ones = DIGITS.targets[:, 1]
    images = TrainingImages(images=DIGITS.images[ones], targets=DIGITS.targets[ones], multi_label=False)

    with pytest.raises(NotEnoughLabels):
        tuned(tiny_network(), images)


def test_images_of_which_none_can_be_set_aside_are_refused() -> None:
    rows = [int(row) for digit in range(10) for row in np.flatnonzero(DIGITS.targets[:, digit])[:4]]
    images = TrainingImages(images=DIGITS.images[rows], targets=DIGITS.targets[rows], multi_label=False)

    with pytest.raises(TooFewToValidate, match="label more"):
        tuned(tiny_network(), images)


def test_targets_of_other_images_are_refused() -> None:
    with pytest.raises(UnusableTargets):
        tuned(tiny_network(), replace(DIGITS, targets=DIGITS.targets[:-1]))


def test_more_blocks_than_there_are_are_refused() -> None:
    with pytest.raises(NotTunable, match="100 blocks"):
        tuned(tiny_network(), blocks=100)


def test_a_loss_that_is_no_number_is_told() -> None:
    network = replace(tiny_network(), module=Roots())

    with pytest.raises(FinetuningDiverged, match="lower learning rates"):
        tuned(network, blocks=1, learning_rate=1.0, epochs=20, patience=20)


@pytest.mark.parametrize("option", ["blocks", "epochs", "batch_size", "learning_rate", "patience"])
def test_no_option_may_be_nothing(option: str) -> None:
    with pytest.raises(ValidationError, match=option):
        FinetuningOptions.model_validate({option: 0})


def test_an_unknown_option_is_refused() -> None:
    with pytest.raises(ValidationError, match="layers"):
        FinetuningOptions.model_validate({"layers": 3})
