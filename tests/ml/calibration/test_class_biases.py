"""Bias-corrected temperature scaling."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import log_softmax

from ml.calibration.class_biases import fit_biases
from ml.calibration.temperature import fit_temperature, mean_log_loss
from ml.labels.label_mode import SINGLE_LABEL
from ml.types import Logits, Targets

FAVOUR = np.array([1.5, 0.0, -1.5])


def logits_that_favour(favour: NDArray[np.float64], *, images: int = 600, seed: int = 0) -> tuple[Logits, Targets]:
    """Draw overconfident logits (temperature 2) with a bias of `favour` per class."""
    rng = np.random.default_rng(seed)
    honest = rng.normal(scale=1.5, size=(images, 3))
    chances = np.exp(log_softmax(honest, axis=1))
    targets = np.eye(3, dtype=np.bool_)[[rng.choice(3, p=chance) for chance in chances]]
    return 2 * (honest + favour), targets


def test_biases_undo_what_a_head_favours() -> None:
    fitted = fit_biases(*logits_that_favour(FAVOUR, images=4_000), seed=0)

    assert fitted is not None
    temperature, biases = fitted
    assert temperature == pytest.approx(2, rel=0.1)
    assert biases - biases.mean() == pytest.approx(-FAVOUR, abs=0.2)


def test_unseen_images_are_better_off() -> None:
    known, unseen = logits_that_favour(FAVOUR), logits_that_favour(FAVOUR, images=3_000, seed=1)

    fitted = fit_biases(*known, seed=0)

    assert fitted is not None
    temperature, biases = fitted
    alone = mean_log_loss(*unseen, temperature=fit_temperature(*known, mode=SINGLE_LABEL), mode=SINGLE_LABEL)
    assert mean_log_loss(unseen[0] / temperature + biases, unseen[1], mode=SINGLE_LABEL) < alone - 0.2


@pytest.mark.parametrize("seed", range(5))
def test_head_that_favours_nothing_gets_none(seed: int) -> None:
    assert fit_biases(*logits_that_favour(np.zeros(3), images=100, seed=seed), seed=seed) is None


def test_few_images_get_none() -> None:
    logits, targets = logits_that_favour(10 * FAVOUR, images=39)

    assert fit_biases(logits, targets, seed=0) is None


def test_few_images_of_each_class_give_none() -> None:
    logits, targets = logits_that_favour(3 * FAVOUR, images=100)
    apart = np.zeros((100, 12), dtype=np.bool_)
    # The same predictions, each class split into four that cannot be distinguished.
    apart[np.arange(100), 4 * targets.argmax(axis=1) + np.arange(100) % 4] = True

    assert fit_biases(logits, targets, seed=0) is not None
    assert fit_biases(np.repeat(logits, 4, axis=1), apart, seed=0) is None


def test_impossible_class_does_not_move_the_others() -> None:
    logits, targets = logits_that_favour(FAVOUR)
    with_impossible = np.column_stack([logits, np.full(len(logits), -np.inf)])
    never = np.column_stack([targets, np.zeros(len(targets), dtype=np.bool_)])

    fitted, expected = fit_biases(with_impossible, never, seed=0), fit_biases(logits, targets, seed=0)

    assert fitted is not None
    assert expected is not None
    assert fitted[0] == pytest.approx(expected[0], rel=1e-3)
    assert fitted[1] == pytest.approx([*expected[1], 0], abs=1e-3)


def test_class_without_images_is_not_held_down() -> None:
    logits, targets = logits_that_favour(FAVOUR)
    possible = np.column_stack([logits, np.full(len(logits), -2.0)])

    fitted = fit_biases(possible, np.column_stack([targets, np.zeros(len(targets), dtype=np.bool_)]), seed=0)

    assert fitted is not None
    assert fitted[1][3] == 0


def test_same_seed_gives_the_same_biases() -> None:
    first, second = (fit_biases(*logits_that_favour(FAVOUR), seed=3) for _ in range(2))

    assert first is not None
    assert second is not None
    assert first[0] == second[0]
    assert first[1].tolist() == second[1].tolist()
