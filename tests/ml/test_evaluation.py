"""Metrics, each against another library or worked by hand."""

import json

import numpy as np
import pytest
import torch
from sklearn.metrics import confusion_matrix, f1_score, log_loss
from torchmetrics.classification import BinaryCalibrationError, MulticlassCalibrationError, MulticlassF1Score

from ml.evaluation import ClassEvaluation, NothingToEvaluate, evaluate, judge
from ml.head import Probabilities, Targets

LABELS = ("cat", "dog", "emu", "fox")


def some_answers(images: int = 300) -> tuple[Probabilities, Targets]:
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet(np.full(len(LABELS), 0.5), size=images)
    classes = [rng.choice(len(LABELS), p=0.7 * row + 0.3 / len(LABELS)) for row in probabilities]
    return probabilities, np.eye(len(LABELS), dtype=np.bool_)[classes]


def test_one_label_an_image_agrees_with_scikit_learn() -> None:
    probabilities, targets = some_answers()
    truth, answer = targets.argmax(axis=1), probabilities.argmax(axis=1)

    evaluation = evaluate(probabilities, targets, LABELS, False)

    assert evaluation.images == 300
    assert evaluation.accuracy == pytest.approx((truth == answer).mean())
    assert evaluation.macro_f1 == pytest.approx(f1_score(truth, answer, average="macro"))
    assert evaluation.log_loss == pytest.approx(log_loss(truth, np.maximum(probabilities, 1e-7)), rel=1e-4)
    assert evaluation.as_json()["confusion"] == confusion_matrix(truth, answer).tolist()


def test_macro_f1_agrees_with_torchmetrics() -> None:
    probabilities, targets = some_answers()
    independent = MulticlassF1Score(num_classes=len(LABELS), average="macro")

    expected = independent(torch.tensor(probabilities), torch.tensor(targets.argmax(axis=1)))

    assert evaluate(probabilities, targets, LABELS, False).macro_f1 == pytest.approx(float(expected))


def test_calibration_error_agrees_with_torchmetrics() -> None:
    probabilities, targets = some_answers()
    independent = MulticlassCalibrationError(num_classes=len(LABELS), n_bins=15, norm="l1")

    expected = independent(torch.tensor(probabilities), torch.tensor(targets.argmax(axis=1)))

    assert evaluate(probabilities, targets, LABELS, False).calibration_error == pytest.approx(float(expected))


def test_calibration_error_with_several_labels_agrees_with_torchmetrics() -> None:
    probabilities, targets = some_answers()
    independent = BinaryCalibrationError(n_bins=15, norm="l1")

    expected = independent(torch.tensor(probabilities.ravel()), torch.tensor(targets.ravel().astype(int)))

    assert evaluate(probabilities, targets, LABELS, True).calibration_error == pytest.approx(float(expected))


def test_accuracy_interval_is_wilsons() -> None:
    targets = np.eye(2, dtype=np.bool_)[[0] * 10]
    probabilities = np.array([[0.9, 0.1]] * 8 + [[0.1, 0.9]] * 2)

    low, high = evaluate(probabilities, targets, ("cat", "dog"), False).accuracy_interval

    # Wilson's formula with k = 8, n = 10, z = 1.96.
    assert (low, high) == pytest.approx((0.4902, 0.9433), abs=1e-4)


def test_each_class_is_measured_for_itself() -> None:
    targets = np.eye(3, dtype=np.bool_)[[0, 0, 0, 1]]
    probabilities = np.eye(3)[[0, 0, 1, 1]]

    cat, dog, emu = evaluate(probabilities, targets, LABELS[:3], False).per_class

    assert cat == ClassEvaluation(label="cat", precision=1, recall=2 / 3, f1=0.8, images=3)
    assert dog == ClassEvaluation(label="dog", precision=0.5, recall=1, f1=2 / 3, images=1)
    assert emu == ClassEvaluation(label="emu", precision=0, recall=0, f1=0, images=0)


def test_macro_f1_leaves_out_classes_without_held_out_images() -> None:
    targets = np.eye(3, dtype=np.bool_)[[0, 1]]

    assert evaluate(np.eye(3)[[0, 1]], targets, LABELS[:3], False).macro_f1 == 1


def test_image_of_a_class_that_was_impossible_is_wrong_even_where_nothing_was_possible() -> None:
    targets = np.eye(2, dtype=np.bool_)[[0, 0]]
    probabilities = np.array([[0.0, 1.0], [0.0, 0.0]])

    evaluation = evaluate(probabilities, targets, ("cat", "dog"), False)

    assert evaluation.accuracy == 0
    assert np.isfinite(evaluation.log_loss)


def test_several_labels_an_image_are_right_only_together() -> None:
    targets = np.array([[True, True], [True, False], [False, False]])
    probabilities = np.array([[0.9, 0.8], [0.9, 0.6], [0.1, 0.2]])

    evaluation = evaluate(probabilities, targets, ("cat", "dog"), True)

    assert evaluation.accuracy == pytest.approx(2 / 3)
    assert evaluation.macro_f1 == pytest.approx((1 + 2 / 3) / 2)
    assert evaluation.log_loss == pytest.approx(-np.log([0.9, 0.8, 0.9, 0.4, 0.9, 0.8]).mean())
    assert evaluation.confusion is None


@pytest.mark.parametrize("multi_label", [False, True])
def test_evaluation_survives_json(multi_label: bool) -> None:
    probabilities, targets = some_answers(20)
    plain = evaluate(probabilities, targets, LABELS, multi_label).as_json()

    assert json.loads(json.dumps(plain, allow_nan=False)) == plain


def test_one_held_out_image_can_be_evaluated() -> None:
    assert evaluate(np.array([[0.3, 0.7]]), np.array([[False, True]]), ("cat", "dog"), False).accuracy == 1


def test_nothing_held_out_cannot_be_evaluated() -> None:
    with pytest.raises(NothingToEvaluate):
        evaluate(np.empty((0, 2)), np.empty((0, 2), dtype=np.bool_), ("cat", "dog"), False)


def test_judgement_tells_each_image_apart() -> None:
    judgement = judge(np.array([[0.8, 0.2], [0.6, 0.4]]), np.array([[True, False], [False, True]]), multi_label=False)

    assert judgement.correct.tolist() == [True, False]
    assert judgement.log_losses == pytest.approx(-np.log([0.8, 0.4]))
