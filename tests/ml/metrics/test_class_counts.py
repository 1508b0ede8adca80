"""Precision, recall and F1 against scikit-learn, on all images and on resamples of them."""

import numpy as np
import pytest
from sklearn.metrics import f1_score, precision_recall_fscore_support

from ml.metrics.class_counts import class_counter, count_classes, f1, macro, micro_f1, precision, recall
from tests.ml.answers import some_multi_label_answers


def test_shares_of_each_class_agree_with_scikit_learn() -> None:
    probabilities, targets = some_multi_label_answers()
    chosen = probabilities > 0.6
    chosen[:, 3] = False

    counts = count_classes(targets, chosen)

    expected = precision_recall_fscore_support(targets, chosen, zero_division=0)
    assert precision(counts) == pytest.approx(expected[0])
    assert recall(counts) == pytest.approx(expected[1])
    assert f1(counts) == pytest.approx(expected[2])
    assert counts.actual.tolist() == expected[3].tolist()


def test_means_over_classes_and_over_answers_agree_with_scikit_learn() -> None:
    probabilities, targets = some_multi_label_answers()
    chosen = probabilities > 0.6

    counts = count_classes(targets, chosen)

    assert macro(f1, counts) == pytest.approx(f1_score(targets, chosen, average="macro"))
    assert micro_f1(counts) == pytest.approx(f1_score(targets, chosen, average="micro"))


def test_classes_without_images_are_left_out_of_the_mean() -> None:
    targets = np.array([[True, False], [True, False]])
    chosen = np.array([[True, False], [False, True]])

    assert macro(f1, count_classes(targets, chosen)) == pytest.approx(2 / 3)


def test_mean_over_no_class_is_0() -> None:
    nothing = np.zeros((3, 2), dtype=np.bool_)

    assert macro(f1, count_classes(nothing, ~nothing)) == 0


def test_resampled_counts_are_those_of_the_images_drawn() -> None:
    probabilities, targets = some_multi_label_answers(50)
    chosen = probabilities > 0.6
    drawn = np.random.default_rng(1).integers(0, 50, size=(7, 50))

    counts = class_counter(targets, chosen)(np.array([np.bincount(rows, minlength=50) for rows in drawn], dtype=float))

    expected = [count_classes(targets[rows], chosen[rows]) for rows in drawn]
    assert counts.true_positives.tolist() == [each.true_positives.tolist() for each in expected]
    assert counts.predicted.tolist() == [each.predicted.tolist() for each in expected]
    assert counts.actual.tolist() == [each.actual.tolist() for each in expected]
