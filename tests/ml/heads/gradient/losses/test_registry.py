"""Tests losses against values worked out by hand, and their gradients."""

from math import log

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.special import log_softmax

from ml.errors import UnknownLoss
from ml.heads.gradient.losses.class_balanced import class_weights
from ml.heads.gradient.losses.mild_second import mildness
from ml.heads.gradient.losses.registry import LOSSES, known_loss, loss_named

EVEN = np.array([10, 10, 10])


def logits_of(*probabilities: float) -> torch.Tensor:
    """Logits of one image whose softmax gives these probabilities."""
    return torch.tensor([probabilities]).log().requires_grad_()


def value(loss: str, logits: torch.Tensor, truth: int, images_per_class: NDArray[np.intp] = EVEN) -> float:
    return loss_named(loss, images_per_class)(logits, torch.tensor([truth])).item()


def gradient(loss: str, logits: torch.Tensor, truth: int) -> torch.Tensor:
    (found,) = torch.autograd.grad(loss_named(loss, EVEN)(logits, torch.tensor([truth])), logits)
    return found


def test_cross_entropy_is_the_log_loss_that_scipy_gives() -> None:
    logits = np.random.default_rng(0).normal(size=(20, 3))
    truth = np.arange(20) % 3

    found = loss_named("cross-entropy", EVEN)(torch.tensor(logits), torch.tensor(truth)).item()

    assert found == pytest.approx(-log_softmax(logits, axis=1)[np.arange(20), truth].mean())


def test_label_smoothing_gives_a_tenth_of_the_weight_to_all_classes_alike() -> None:
    found = value("label-smoothing", logits_of(0.5, 0.3, 0.2), 0)

    assert found == pytest.approx(-0.9 * log(0.5) - 0.1 / 3 * (log(0.5) + log(0.3) + log(0.2)))


def test_smoothed_labels_pull_back_an_answer_that_is_too_sure() -> None:
    sure = logits_of(0.998, 0.001, 0.001)

    assert gradient("cross-entropy", sure, 0)[0, 0] < 0
    assert gradient("label-smoothing", sure, 0)[0, 0] > 0


def test_classes_with_equally_many_images_weigh_the_same() -> None:
    assert class_weights(np.array([7, 7, 7])) == pytest.approx([1, 1, 1])


def test_weight_of_a_class_is_the_inverse_of_its_effective_number_of_images() -> None:
    rare, frequent = class_weights(np.array([1, 2]))

    # By the definition of Cui et al.: E(1) = 1, E(2) = 1 + beta.
    assert rare / frequent == pytest.approx(1.999, abs=1e-3)
    assert rare + frequent == pytest.approx(2)


def test_class_balanced_counts_a_mistake_on_a_rare_class_for_more() -> None:
    loss = loss_named("class-balanced", np.array([2, 200]))
    logits = torch.zeros(2, 2, requires_grad=True)

    (found,) = torch.autograd.grad(loss(logits, torch.tensor([0, 1])), logits)

    assert found[0].abs().sum() > 50 * found[1].abs().sum()


@pytest.mark.parametrize(
    ("probabilities", "truth", "weight"),
    [
        ((0.6, 0.3, 0.1), 0, 1),  # right
        ((0.45, 0.4, 0.15), 1, 0.2),  # second, the first is unsure
        ((0.6, 0.3, 0.1), 1, 0.4),  # second, the first is nearly sure
        ((0.96, 0.03, 0.01), 1, 1),  # second, the first is sure
        ((0.45, 0.4, 0.15), 2, 1),  # third
    ],
)
def test_mild_second_is_cross_entropy_times_how_bad_the_mistake_is(
    probabilities: tuple[float, ...], truth: int, weight: float
) -> None:
    logits = logits_of(*probabilities)

    assert value("mild-second", logits, truth) == pytest.approx(-weight * log(probabilities[truth]))
    assert gradient("mild-second", logits, truth).numpy() == pytest.approx(
        weight * (np.array([probabilities]) - np.eye(3)[truth]), abs=1e-6
    )


def test_mild_second_reaches_the_gradient_of_weights_and_moves_effort_to_images_further_off() -> None:
    logits = torch.cat([logits_of(0.45, 0.4, 0.15), logits_of(0.45, 0.4, 0.15)])
    second, third = torch.tensor([1, 1]), torch.tensor([1, 2])

    mild = torch.autograd.grad(loss_named("mild-second", EVEN)(logits, third), logits, retain_graph=True)[0]
    plain = torch.autograd.grad(loss_named("cross-entropy", EVEN)(logits, third), logits)[0]

    assert mildness(logits, second).tolist() == pytest.approx([0.2, 0.2])
    assert mild[0].norm() == pytest.approx(0.2 * plain[0].norm())
    assert torch.equal(mild[1], plain[1])


def test_mild_second_starts_like_cross_entropy_where_all_classes_tie() -> None:
    assert mildness(torch.zeros(4, 3), torch.tensor([0, 1, 2, 2])).tolist() == [1, 1, 1, 1]


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_falls_along_its_gradient(loss: str) -> None:
    logits = logits_of(0.3, 0.6, 0.1)

    step = (logits - 0.1 * gradient(loss, logits, 0)).detach()

    assert value(loss, step, 0) < value(loss, logits, 0)


def test_unknown_loss_is_answered_with_the_nearest_name() -> None:
    with pytest.raises(UnknownLoss, match='no loss is called "cross-entropie": did you mean "cross-entropy"'):
        known_loss("cross-entropie")
