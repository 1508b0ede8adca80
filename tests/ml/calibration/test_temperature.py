"""Temperature scaling."""

import numpy as np
import pytest
from sklearn.metrics import log_loss

from ml.calibration.temperature import fit_temperature, mean_log_loss, probabilities_of
from ml.labels.label_mode import MULTI_LABEL, SINGLE_LABEL, LabelMode
from ml.types import Logits, Targets


def honest_logits(*, images: int = 3_000, classes: int = 4) -> tuple[Logits, Targets]:
    """Draw calibrated logits: targets are drawn from their softmax."""
    rng = np.random.default_rng(0)
    logits = rng.normal(scale=2, size=(images, classes))
    chances = probabilities_of(logits, temperature=1, mode=SINGLE_LABEL)
    drawn = [rng.choice(classes, p=chance) for chance in chances]
    return logits, np.eye(classes, dtype=np.bool_)[drawn]


def test_single_label_probabilities_sum_to_1() -> None:
    probabilities = probabilities_of(np.array([[1.0, 2.0, -np.inf]]), temperature=2, mode=SINGLE_LABEL)

    assert probabilities.sum() == pytest.approx(1)
    assert probabilities[0, 2] == 0
    assert probabilities[0, 1] / probabilities[0, 0] == pytest.approx(np.exp(0.5))


def test_multi_label_probabilities_are_independent() -> None:
    probabilities = probabilities_of(np.array([[0.0, 2.0, -np.inf]]), temperature=1, mode=MULTI_LABEL)

    assert probabilities == pytest.approx(np.array([[0.5, 0.880797, 0.0]]))


@pytest.mark.parametrize("mode", [SINGLE_LABEL, MULTI_LABEL])
def test_no_images_have_no_probabilities(mode: LabelMode) -> None:
    assert probabilities_of(np.empty((0, 3)), temperature=1, mode=mode).shape == (0, 3)


def test_log_loss_agrees_with_scikit_learn() -> None:
    logits, targets = honest_logits(images=100)

    expected = log_loss(targets, probabilities_of(logits, temperature=3, mode=SINGLE_LABEL))

    assert mean_log_loss(logits, targets, temperature=3, mode=SINGLE_LABEL) == pytest.approx(expected)


def test_log_loss_with_several_labels_is_the_mean_over_classes() -> None:
    logits = np.array([[0.0, 2.0], [-1.0, -np.inf]])
    targets = np.array([[True, True], [False, False]])

    by_hand = -(np.log(0.5) + np.log(0.880797) + np.log(1 - 0.268941) + 0) / 4

    assert mean_log_loss(logits, targets, mode=MULTI_LABEL) == pytest.approx(by_hand, rel=1e-5)


@pytest.mark.parametrize("too_sure", [0.4, 1.0, 5.0])
def test_temperature_undoes_how_much_logits_were_exaggerated(too_sure: float) -> None:
    logits, targets = honest_logits()

    assert fit_temperature(logits * too_sure, targets, mode=SINGLE_LABEL) == pytest.approx(too_sure, rel=0.08)


def test_temperature_undoes_exaggeration_with_several_labels() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(scale=2, size=(3_000, 3))
    targets = rng.random(logits.shape) < probabilities_of(logits, temperature=1, mode=MULTI_LABEL)

    assert fit_temperature(logits * 3, targets, mode=MULTI_LABEL) == pytest.approx(3, rel=0.08)


def test_temperature_ignores_an_impossible_class() -> None:
    logits, targets = honest_logits()
    with_unseen = np.column_stack([logits, np.full(len(logits), -np.inf)])
    unseen_target = np.column_stack([targets, np.zeros(len(targets), dtype=np.bool_)])

    expected = fit_temperature(logits, targets, mode=SINGLE_LABEL)

    assert fit_temperature(with_unseen, unseen_target, mode=SINGLE_LABEL) == pytest.approx(expected)


def test_temperature_of_too_few_images_is_1() -> None:
    logits, targets = honest_logits(images=19)

    assert fit_temperature(logits * 9, targets, mode=SINGLE_LABEL) == 1


def test_temperature_of_flawless_logits_stays_within_bounds() -> None:
    targets = np.eye(2, dtype=np.bool_)[np.arange(40) % 2]

    temperature = fit_temperature(np.where(targets, 1.0, -1.0), targets, mode=SINGLE_LABEL)

    assert 0.05 <= temperature < 0.06
