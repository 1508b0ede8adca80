"""Label modes; log-loss and Brier score against scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, log_loss

from ml.labels.label_mode import MULTI_LABEL, SINGLE_LABEL, LabelMode, label_mode
from tests.ml.answers import some_answers, some_multi_label_answers


def test_single_label_log_loss_agrees_with_scikit_learn() -> None:
    probabilities, targets = some_answers()
    possible = np.maximum(probabilities, 1e-7)

    expected = log_loss(targets, possible / possible.sum(axis=1, keepdims=True))

    assert SINGLE_LABEL.log_losses(probabilities, targets).mean() == pytest.approx(expected, rel=1e-4)


def test_multi_label_log_loss_is_the_mean_over_classes() -> None:
    probabilities, targets = some_multi_label_answers()

    expected = [log_loss(truth, of_class) for truth, of_class in zip(targets.T, probabilities.T, strict=True)]

    assert MULTI_LABEL.log_losses(probabilities, targets).mean() == pytest.approx(np.mean(expected))


@pytest.mark.parametrize("mode", [SINGLE_LABEL, MULTI_LABEL])
def test_log_loss_of_an_impossible_truth_is_finite(mode: LabelMode) -> None:
    losses = mode.log_losses(np.array([[1.0, 0.0]]), np.array([[False, True]]))

    assert losses == pytest.approx(-np.log(1e-7))


def test_single_label_brier_score_agrees_with_scikit_learn() -> None:
    probabilities, targets = some_answers()

    expected = brier_score_loss(targets.argmax(axis=1), probabilities, labels=range(4), scale_by_half=False)

    assert SINGLE_LABEL.brier_scores(probabilities, targets).mean() == pytest.approx(expected)


def test_multi_label_brier_score_is_the_mean_over_classes() -> None:
    probabilities, targets = some_multi_label_answers()

    expected = [brier_score_loss(truth, of_class) for truth, of_class in zip(targets.T, probabilities.T, strict=True)]

    assert MULTI_LABEL.brier_scores(probabilities, targets).mean() == pytest.approx(np.mean(expected))


def test_brier_score_of_the_surest_mistake_is_2() -> None:
    assert SINGLE_LABEL.brier_scores(np.array([[1.0, 0.0]]), np.array([[False, True]])).tolist() == [2]


@pytest.mark.parametrize("mode", [SINGLE_LABEL, MULTI_LABEL])
def test_a_stored_flag_gives_the_label_mode(mode: LabelMode) -> None:
    assert label_mode(multi_label=mode.multi_label) is mode


@pytest.mark.parametrize("mode", [SINGLE_LABEL, MULTI_LABEL])
def test_losses_of_logits_are_those_of_their_probabilities(mode: LabelMode) -> None:
    logits, targets = np.array([[1.0, -2.0, 0.5], [0.0, 3.0, -1.0]]), np.eye(3, dtype=np.bool_)[:2]

    of_probabilities = mode.log_losses(mode.probabilities(logits), targets)

    assert mode.log_losses_of_logits(logits, targets).mean() == pytest.approx(of_probabilities.mean())


@pytest.mark.parametrize(("mode", "questions", "answers"), [(SINGLE_LABEL, 1, 3), (MULTI_LABEL, 3, 2)])
def test_answers_to_a_question_sum_to_1(mode: LabelMode, questions: int, answers: int) -> None:
    asked = mode.questions(np.array([[0.2, 0.5, 0.3], [0.0, 0.9, 0.1]]))

    assert asked.shape == (2, questions, answers)
    np.testing.assert_allclose(asked.sum(axis=2), 1)


@pytest.mark.parametrize(("mode", "expected"), [(SINGLE_LABEL, 0.7), (MULTI_LABEL, 0.6)])
def test_confidence_is_that_of_the_label_or_of_the_least_sure_yes_or_no(mode: LabelMode, expected: float) -> None:
    probabilities = np.array([[0.7, 0.4]])

    assert mode.confidence(probabilities, mode.hard_labels(probabilities)) == pytest.approx(expected)
