"""Evaluation: each metric against another library or a hand-worked value, and edge cases."""

import json

import numpy as np
import pytest
import torch
from sklearn.metrics import (
    average_precision_score,
    balanced_accuracy_score,
    brier_score_loss,
    confusion_matrix,
    f1_score,
    log_loss,
    precision_score,
    recall_score,
)
from torchmetrics.classification import (
    MulticlassAccuracy,
    MulticlassCalibrationError,
    MulticlassF1Score,
    MultilabelAveragePrecision,
    MultilabelF1Score,
)

from ml.calibration.decision_rule import DecisionRule
from ml.errors import NothingToEvaluate
from ml.evaluation.evaluate import ClassEvaluation, evaluate, score_images
from ml.metrics.agreement import krippendorff_alpha
from ml.metrics.class_counts import count_classes, f1, macro
from tests.ml.answers import LABELS, some_answers, some_multi_label_answers

ONE_LABEL, SEVERAL_LABELS = DecisionRule(multi_label=False), DecisionRule(multi_label=True)


def test_single_label_metrics_agree_with_scikit_learn() -> None:
    probabilities, targets = some_answers()
    truth, answer = targets.argmax(axis=1), probabilities.argmax(axis=1)

    evaluation = evaluate(probabilities, targets, LABELS, rule=ONE_LABEL)

    assert evaluation.images == 300
    assert evaluation.accuracy == pytest.approx((truth == answer).mean())
    assert evaluation.macro_f1 == pytest.approx(f1_score(truth, answer, average="macro"))
    assert evaluation.log_loss == pytest.approx(log_loss(truth, probabilities), rel=1e-4)
    assert evaluation.as_json()["confusion"] == confusion_matrix(truth, answer).tolist()


def test_means_over_classes_agree_with_scikit_learn() -> None:
    probabilities, targets = some_answers()
    truth, answer = targets.argmax(axis=1), probabilities.argmax(axis=1)

    evaluation = evaluate(probabilities, targets, LABELS, rule=ONE_LABEL)

    assert evaluation.macro_precision == pytest.approx(precision_score(truth, answer, average="macro"))
    assert evaluation.macro_recall == pytest.approx(recall_score(truth, answer, average="macro"))
    assert evaluation.balanced_accuracy == pytest.approx(balanced_accuracy_score(truth, answer))


def test_metrics_of_probabilities_agree_with_scikit_learn_and_torchmetrics() -> None:
    probabilities, targets = some_answers()
    truth = targets.argmax(axis=1)
    calibration_error = MulticlassCalibrationError(num_classes=len(LABELS), n_bins=15, norm="l1")

    evaluation = evaluate(probabilities, targets, LABELS, rule=ONE_LABEL)

    assert evaluation.brier == pytest.approx(brier_score_loss(truth, probabilities, scale_by_half=False))
    assert evaluation.calibration_error == pytest.approx(
        float(calibration_error(torch.tensor(probabilities), torch.tensor(truth)))
    )


def test_macro_f1_agrees_with_torchmetrics() -> None:
    probabilities, targets = some_answers()
    independent = MulticlassF1Score(num_classes=len(LABELS), average="macro")

    expected = independent(torch.tensor(probabilities), torch.tensor(targets.argmax(axis=1)))

    assert evaluate(probabilities, targets, LABELS, rule=ONE_LABEL).macro_f1 == pytest.approx(float(expected))


@pytest.mark.parametrize("k", [1, 2, 3])
def test_top_k_accuracy_agrees_with_torchmetrics(k: int) -> None:
    probabilities, targets = some_answers()
    independent = MulticlassAccuracy(num_classes=len(LABELS), top_k=k, average="micro")

    expected = independent(torch.tensor(probabilities), torch.tensor(targets.argmax(axis=1)))

    accuracies = evaluate(probabilities, targets, LABELS, rule=ONE_LABEL).top_k_accuracy
    assert accuracies is not None
    assert len(accuracies) == len(LABELS)
    assert accuracies[k - 1] == pytest.approx(float(expected))


def test_graded_score_and_alpha_are_worked_by_hand() -> None:
    targets = np.eye(2, dtype=np.bool_)[[0, 0, 1, 1]]
    probabilities = np.array([[0.9, 0.1], [0.8, 0.2], [0.7, 0.3], [0.01, 0.99]])

    evaluation = evaluate(probabilities, targets, ("cat", "dog"), rule=ONE_LABEL)

    # One mistake, with the truth second to a 0.7.
    assert evaluation.graded_score == pytest.approx((1 + 1 + 0.6 + 1) / 4)
    # 5 cats and 3 dogs among 8 values: 1 - 7 * 2 / (64 - 25 - 9).
    assert evaluation.krippendorff_alpha == pytest.approx(1 - 14 / 30)


def test_alpha_of_one_class_alone_is_unknown() -> None:
    evaluation = evaluate(np.array([[0.9, 0.1]] * 30), np.array([[True, False]] * 30), ("cat", "dog"), rule=ONE_LABEL)

    assert evaluation.krippendorff_alpha is None


def test_accuracy_interval_is_wilsons() -> None:
    targets = np.eye(2, dtype=np.bool_)[[0] * 10]
    probabilities = np.array([[0.9, 0.1]] * 8 + [[0.1, 0.9]] * 2)

    low, high = evaluate(probabilities, targets, ("cat", "dog"), rule=ONE_LABEL).accuracy_interval

    # Wilson's formula with k = 8, n = 10, z = 1.96.
    assert (low, high) == pytest.approx((0.4902, 0.9433), abs=1e-4)


def test_each_class_is_measured_for_itself() -> None:
    targets = np.eye(3, dtype=np.bool_)[[0, 0, 0, 1]]
    probabilities = np.eye(3)[[0, 0, 1, 1]]

    cat, dog, emu = evaluate(probabilities, targets, LABELS[:3], rule=ONE_LABEL).per_class

    assert cat == ClassEvaluation(label="cat", precision=1, recall=2 / 3, f1=0.8, images=3)
    assert dog == ClassEvaluation(label="dog", precision=0.5, recall=1, f1=2 / 3, images=1)
    assert emu == ClassEvaluation(label="emu", precision=0, recall=0, f1=0, images=0)


def test_macro_f1_leaves_out_classes_without_held_out_images() -> None:
    targets = np.eye(3, dtype=np.bool_)[[0, 1]]

    assert evaluate(np.eye(3)[[0, 1]], targets, LABELS[:3], rule=ONE_LABEL).macro_f1 == 1


def test_image_of_an_impossible_class_is_wrong_even_if_all_classes_are_impossible() -> None:
    targets = np.eye(2, dtype=np.bool_)[[0, 0]]
    probabilities = np.array([[0.0, 1.0], [0.0, 0.0]])

    evaluation = evaluate(probabilities, targets, ("cat", "dog"), rule=ONE_LABEL)

    assert evaluation.accuracy == 0
    assert np.isfinite(evaluation.log_loss)


def test_intervals_hold_their_figures() -> None:
    evaluation = evaluate(*some_answers(), LABELS, rule=ONE_LABEL).as_json()

    for name in ("accuracy", "macro_f1", "krippendorff_alpha", "log_loss", "brier"):
        low, high = evaluation[f"{name}_interval"]
        assert low < evaluation[name] < high


def test_intervals_of_macro_f1_and_alpha_are_those_of_resampled_images() -> None:
    probabilities, targets = some_answers(60)
    chosen = np.eye(len(LABELS), dtype=np.bool_)[probabilities.argmax(axis=1)]
    drawn = np.random.default_rng(1).integers(0, 60, (1_000, 60))
    resampled = [count_classes(targets[rows], chosen[rows]) for rows in drawn]

    evaluation = evaluate(probabilities, targets, LABELS, rule=ONE_LABEL)

    of_macro_f1 = np.percentile([float(macro(f1, each)) for each in resampled], [2.5, 97.5])
    of_alpha = np.percentile([float(krippendorff_alpha(each)) for each in resampled], [2.5, 97.5])
    assert evaluation.macro_f1_interval == pytest.approx(of_macro_f1, abs=0.02)
    assert evaluation.krippendorff_alpha_interval == pytest.approx(of_alpha, abs=0.02)


def test_same_seed_gives_the_same_evaluation() -> None:
    answers = some_answers()

    assert evaluate(*answers, LABELS, seed=5, rule=ONE_LABEL) == evaluate(*answers, LABELS, seed=5, rule=ONE_LABEL)
    assert evaluate(*answers, LABELS, seed=5, rule=ONE_LABEL) != evaluate(*answers, LABELS, seed=6, rule=ONE_LABEL)


@pytest.mark.parametrize("multi_label", [False, True])
def test_few_images_have_no_intervals_but_that_of_accuracy(multi_label: bool) -> None:
    probabilities, targets = some_answers(19)

    evaluation = evaluate(probabilities, targets, LABELS, rule=DecisionRule(multi_label=multi_label))

    assert evaluation.macro_f1_interval is None
    assert evaluation.log_loss_interval is None
    assert evaluation.accuracy_interval[0] < evaluation.accuracy


def test_prediction_sets_are_evaluated_by_the_rule_that_makes_them() -> None:
    targets = np.eye(3, dtype=np.bool_)[[0, 1, 2, 2]]
    probabilities = np.array([[0.8, 0.1, 0.1], [0.5, 0.3, 0.2], [0.5, 0.3, 0.2], [0.25, 0.25, 0.5]])
    rule = DecisionRule(multi_label=False, coverage=0.8, prediction_set_threshold=0.25)

    sets = evaluate(probabilities, targets, LABELS[:3], rule=rule).label_sets

    assert sets is not None
    assert (sets.promised, sets.coverage, sets.mean_size) == (0.8, 0.75, 2)
    # Wilson's formula with k = 3, n = 4, z = 1.96.
    assert sets.coverage_interval == pytest.approx((0.3006, 0.9544), abs=1e-4)


def test_label_sets_without_a_threshold_promise_nothing() -> None:
    probabilities, targets = some_answers()

    sets = evaluate(probabilities, targets, LABELS, rule=ONE_LABEL).label_sets

    assert sets is not None
    assert sets.promised is None


def test_multi_label_has_no_evaluation_of_prediction_sets() -> None:
    assert evaluate(*some_answers(), LABELS, rule=SEVERAL_LABELS).label_sets is None


def test_multi_label_metrics_agree_with_scikit_learn_and_torchmetrics() -> None:
    probabilities, targets = some_multi_label_answers()
    chosen = probabilities > 0.5
    tensors = torch.tensor(probabilities), torch.tensor(targets.astype(int))

    evaluation = evaluate(probabilities, targets, LABELS, rule=SEVERAL_LABELS)

    assert evaluation.accuracy == pytest.approx((chosen == targets).all(axis=1).mean())
    assert evaluation.micro_f1 == pytest.approx(f1_score(targets, chosen, average="micro"))
    assert evaluation.mean_average_precision == pytest.approx(average_precision_score(targets, probabilities))
    assert evaluation.macro_f1 == pytest.approx(float(MultilabelF1Score(num_labels=len(LABELS))(*tensors)))
    assert evaluation.mean_average_precision == pytest.approx(
        float(MultilabelAveragePrecision(num_labels=len(LABELS))(*tensors)), rel=1e-4
    )


def test_several_labels_are_chosen_by_the_rule() -> None:
    targets = np.array([[True, False], [False, True]])
    probabilities = np.array([[0.4, 0.4], [0.2, 0.6]])
    rule = DecisionRule(multi_label=True, label_thresholds=(0.3, 0.5))

    assert evaluate(probabilities, targets, ("cat", "dog"), rule=SEVERAL_LABELS).accuracy == 0.5
    assert evaluate(probabilities, targets, ("cat", "dog"), rule=rule).accuracy == 1
    assert score_images(probabilities, targets, rule=rule).correct.tolist() == [True, True]


def test_held_out_images_without_any_label_can_be_evaluated() -> None:
    evaluation = evaluate(np.full((30, 2), 0.1), np.zeros((30, 2), dtype=np.bool_), ("cat", "dog"), rule=SEVERAL_LABELS)

    assert (evaluation.accuracy, evaluation.macro_f1, evaluation.mean_average_precision) == (1, 0, None)


def test_multi_label_image_is_correct_only_if_all_labels_are() -> None:
    targets = np.array([[True, True], [True, False], [False, False]])
    probabilities = np.array([[0.9, 0.8], [0.9, 0.6], [0.1, 0.2]])

    evaluation = evaluate(probabilities, targets, ("cat", "dog"), rule=SEVERAL_LABELS)

    assert evaluation.accuracy == pytest.approx(2 / 3)
    assert evaluation.macro_f1 == pytest.approx((1 + 2 / 3) / 2)
    assert evaluation.log_loss == pytest.approx(-np.log([0.9, 0.8, 0.9, 0.4, 0.9, 0.8]).mean())
    assert evaluation.confusion is None


@pytest.mark.parametrize("multi_label", [False, True])
def test_evaluation_survives_json(multi_label: bool) -> None:
    probabilities, targets = some_answers(20)
    plain = evaluate(probabilities, targets, LABELS, rule=DecisionRule(multi_label=multi_label)).as_json()

    assert json.loads(json.dumps(plain, allow_nan=False)) == plain


def test_one_held_out_image_can_be_evaluated() -> None:
    assert evaluate(np.array([[0.3, 0.7]]), np.array([[False, True]]), ("cat", "dog"), rule=ONE_LABEL).accuracy == 1


def test_nothing_held_out_cannot_be_evaluated() -> None:
    with pytest.raises(NothingToEvaluate):
        evaluate(np.empty((0, 2)), np.empty((0, 2), dtype=np.bool_), ("cat", "dog"), rule=ONE_LABEL)


def test_scores_tell_each_image_apart() -> None:
    scores = score_images(np.array([[0.8, 0.2], [0.6, 0.4]]), np.array([[True, False], [False, True]]), rule=ONE_LABEL)

    assert scores.correct.tolist() == [True, False]
    assert scores.log_losses == pytest.approx(-np.log([0.8, 0.4]))
