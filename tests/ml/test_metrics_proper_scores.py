"""Log-loss and Brier's score against scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, log_loss

from ml.metrics.proper_scores import brier_scores, log_losses
from tests.ml.answers import some_answers, some_multi_label_answers


def test_log_loss_of_one_label_an_image_agrees_with_scikit_learn() -> None:
    probabilities, targets = some_answers()
    possible = np.maximum(probabilities, 1e-7)

    expected = log_loss(targets, possible / possible.sum(axis=1, keepdims=True))

    assert log_losses(probabilities, targets, multi_label=False).mean() == pytest.approx(expected, rel=1e-4)


def test_log_loss_of_several_labels_is_the_mean_over_classes() -> None:
    probabilities, targets = some_multi_label_answers()

    expected = [log_loss(truth, of_class) for truth, of_class in zip(targets.T, probabilities.T, strict=True)]

    assert log_losses(probabilities, targets, multi_label=True).mean() == pytest.approx(np.mean(expected))


@pytest.mark.parametrize("multi_label", [False, True])
def test_log_loss_of_an_impossible_truth_is_finite(multi_label: bool) -> None:
    losses = log_losses(np.array([[1.0, 0.0]]), np.array([[False, True]]), multi_label=multi_label)

    assert losses == pytest.approx(-np.log(1e-7))


def test_brier_score_of_one_label_an_image_agrees_with_scikit_learn() -> None:
    probabilities, targets = some_answers()

    expected = brier_score_loss(targets.argmax(axis=1), probabilities, labels=range(4), scale_by_half=False)

    assert brier_scores(probabilities, targets, multi_label=False).mean() == pytest.approx(expected)


def test_brier_score_of_several_labels_is_the_mean_over_classes() -> None:
    probabilities, targets = some_multi_label_answers()

    expected = [brier_score_loss(truth, of_class) for truth, of_class in zip(targets.T, probabilities.T, strict=True)]

    assert brier_scores(probabilities, targets, multi_label=True).mean() == pytest.approx(np.mean(expected))


def test_brier_score_of_the_surest_mistake_is_2() -> None:
    assert brier_scores(np.array([[1.0, 0.0]]), np.array([[False, True]]), multi_label=False).tolist() == [2]
