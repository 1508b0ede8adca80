"""From probabilities to labels and sets of labels."""

import numpy as np

from ml.calibration.decision_rule import DecisionRule

PROBABILITIES = np.array([[0.6, 0.25, 0.15], [0.96, 0.03, 0.01]])


def test_one_label_an_image_is_the_most_probable() -> None:
    assert DecisionRule(multi_label=False).chosen(PROBABILITIES).tolist() == [[True, False, False]] * 2


def test_several_labels_are_those_more_likely_than_not_unless_thresholds_say_otherwise() -> None:
    probabilities = np.array([[0.6, 0.25, 0.5]])

    assert DecisionRule(multi_label=True).chosen(probabilities).tolist() == [[True, False, False]]
    assert DecisionRule(multi_label=True, thresholds=(0.7, 0.2, 0.5)).chosen(probabilities).tolist() == [
        [False, True, False]
    ]


def test_set_follows_the_promise_where_there_is_one() -> None:
    rule = DecisionRule(multi_label=False, prediction_set_threshold=0.2)

    assert rule.promises
    assert rule.prediction_sets(PROBABILITIES).tolist() == [[True, True, False], [True, False, False]]


def test_set_without_a_promise_is_as_likely_as_was_wished() -> None:
    rule = DecisionRule(multi_label=False, coverage=0.97)

    assert not rule.promises
    assert rule.prediction_sets(PROBABILITIES).tolist() == [[True, True, True], [True, True, False]]


def test_set_of_several_labels_is_what_the_image_is_given() -> None:
    rule = DecisionRule(multi_label=True, thresholds=(0.7, 0.2, 0.1))

    assert rule.prediction_sets(PROBABILITIES).tolist() == rule.chosen(PROBABILITIES).tolist()


def test_thresholds_follow_their_labels_into_another_order() -> None:
    rule = DecisionRule(multi_label=True, thresholds=(0.1, 0.2, 0.3))

    moved = rule.for_labels(known=("cat", "dog", "emu"), wanted=("emu", "fox", "cat"))

    assert moved.thresholds == (0.3, 0.5, 0.1)


def test_promise_is_the_same_in_any_order_of_labels() -> None:
    rule = DecisionRule(multi_label=False, coverage=0.95, prediction_set_threshold=0.2)

    assert rule.for_labels(known=("cat", "dog"), wanted=("dog", "cat")) == rule
