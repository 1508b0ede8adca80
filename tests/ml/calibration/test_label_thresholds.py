"""Thresholds per label in multi-label projects."""

import numpy as np
import pytest
from sklearn.metrics import f1_score

from ml.calibration.label_thresholds import fit_thresholds
from ml.types import Probabilities, Targets


def rare_class(images: int, *, seed: int) -> tuple[Probabilities, Targets]:
    """Draw calibrated probabilities of one class that a tenth of the images have."""
    rng = np.random.default_rng(seed)
    probabilities = rng.beta(0.3, 2.5, size=(images, 1))
    return probabilities, rng.random(probabilities.shape) < probabilities


def test_threshold_is_half_the_best_expected_f1() -> None:
    # Of the first k images, expected F1 is 2 * 0.8 / (1 + 1.2), 2 * 1.1 / (2 + 1.2), 2 * 1.2 / (3 + 1.2).
    probabilities = np.array([[0.3], [0.8], [0.1]])

    thresholds = fit_thresholds(probabilities, np.array([[False], [True], [False]]))

    assert thresholds == pytest.approx([1.6 / 2.2 / 2])


def test_threshold_is_near_the_best_that_unseen_images_allow() -> None:
    threshold = fit_thresholds(*rare_class(500, seed=0))[0]
    probabilities, targets = rare_class(20_000, seed=1)

    reached = f1_score(targets, probabilities > threshold)
    best = max(f1_score(targets, probabilities > each) for each in np.arange(0.05, 0.9, 0.05))
    assert reached > best - 0.01
    assert reached > f1_score(targets, probabilities > 0.5) + 0.1


@pytest.mark.parametrize("seed", range(20))
def test_few_positives_are_no_reason_for_a_wild_threshold(seed: int) -> None:
    many = fit_thresholds(*rare_class(20_000, seed=100))[0]

    assert fit_thresholds(*rare_class(40, seed=seed))[0] == pytest.approx(many, abs=0.15)


def test_label_that_no_image_has_needs_one_half() -> None:
    probabilities = np.array([[0.9, 0.2], [0.1, 0.0]])

    assert fit_thresholds(probabilities, np.array([[True, False], [False, False]]))[1] == 0.5


def test_threshold_of_a_sure_class_is_one_half() -> None:
    assert fit_thresholds(np.array([[1.0], [0.0]]), np.array([[True], [False]])) == (0.5,)
