"""Predictions made from class probabilities."""

from typing import Any

import numpy as np
import pytest

from ml.calibration.decision_rule import DecisionRule
from service.domain.training.prediction import Prediction, predict_labels

LABELS = ("owl", "jay", "kite")


def predict(
    *probabilities: float, multi_label: bool = False, rule: DecisionRule | None = None, **asked: Any
) -> Prediction:
    labels = LABELS[: len(probabilities)]
    chosen_by = rule or DecisionRule(multi_label=multi_label)
    (prediction,) = predict_labels(
        np.array([probabilities]), labels, image_ids=["a"], version=1, rule=chosen_by, **asked
    )
    return prediction


def test_the_most_probable_label_is_chosen() -> None:
    prediction = predict(0.2, 0.7, 0.1)

    assert prediction.labels == ("jay",)
    assert prediction.margin == pytest.approx(0.5)
    assert prediction.probabilities == (0.2, 0.7, 0.1)


def test_a_tie_goes_to_the_earlier_label() -> None:
    prediction = predict(0.4, 0.4, 0.2)

    assert prediction.labels == ("owl",)
    assert prediction.margin == 0


@pytest.mark.parametrize(
    ("probabilities", "plausible_labels"),
    [
        ((0.95, 0.03, 0.02), ("owl",)),
        ((0.9, 0.06, 0.04), ("owl",)),
        ((0.5, 0.1, 0.4), ("owl", "kite")),
        ((0.4, 0.3, 0.3), ("owl", "jay", "kite")),
        ((1.0,), ("owl",)),
    ],
)
def test_without_a_promise_the_plausible_labels_are_the_smallest_set_that_is_nine_tenths_sure(
    probabilities: tuple[float, ...], plausible_labels: tuple[str, ...]
) -> None:
    assert predict(*probabilities).plausible_labels == plausible_labels


def test_with_a_promise_the_plausible_labels_are_those_above_its_threshold_the_most_probable_first() -> None:
    rule = DecisionRule(multi_label=False, prediction_set_threshold=0.3)

    assert predict(0.3, 0.1, 0.6, rule=rule).plausible_labels == ("kite", "owl")
    assert predict(0.6, 0.25, 0.15, rule=rule).plausible_labels == ("owl",)


def test_one_label_alone_has_its_probability_as_margin() -> None:
    assert predict(1.0).margin == 1


@pytest.mark.parametrize(
    ("probabilities", "labels"),
    [((0.6, 0.9, 0.1), ("jay", "owl")), ((0.5, 0.51, 0.1), ("jay",)), ((0.1, 0.2, 0.3), ())],
)
def test_in_a_multi_label_project_all_that_are_more_likely_than_not_are_chosen(
    probabilities: tuple[float, ...], labels: tuple[str, ...]
) -> None:
    prediction = predict(*probabilities, multi_label=True)

    assert prediction.labels == prediction.plausible_labels == labels


def test_in_a_multi_label_project_each_label_may_have_its_own_threshold() -> None:
    prediction = predict(0.4, 0.4, 0.9, rule=DecisionRule(multi_label=True, label_thresholds=(0.3, 0.5, 0.5)))

    assert prediction.labels == prediction.plausible_labels == ("kite", "owl")


def test_an_answer_that_is_less_sure_than_asked_for_is_none_but_says_what_is_plausible() -> None:
    prediction = predict(0.5, 0.1, 0.4, abstain_below=0.51)

    assert (prediction.abstained, prediction.labels) == (True, ())
    assert prediction.plausible_labels == ("owl", "kite")
    assert prediction.probabilities == (0.5, 0.1, 0.4)


@pytest.mark.parametrize("abstain_below", [0, 0.5])
def test_an_answer_that_is_just_sure_enough_is_given(abstain_below: float) -> None:
    prediction = predict(0.5, 0.1, 0.4, abstain_below=abstain_below)

    assert (prediction.abstained, prediction.labels) == (False, ("owl",))


@pytest.mark.parametrize(
    ("probabilities", "abstained"), [((0.95, 0.02), False), ((0.05, 0.02), False), ((0.95, 0.4), True)]
)
def test_in_a_multi_label_project_the_least_sure_yes_or_no_decides(
    probabilities: tuple[float, ...], abstained: bool
) -> None:
    prediction = predict(*probabilities, multi_label=True, abstain_below=0.9)

    assert prediction.abstained is abstained
    assert not (abstained and prediction.labels)


def test_a_parent_is_as_probable_as_its_labels_together() -> None:
    prediction = predict(0.5, 0.1, 0.4, parents=("night", "day", "day"))

    assert prediction.parents == pytest.approx({"night": 0.5, "day": 0.5})


def test_in_a_multi_label_project_a_parent_is_as_probable_as_its_most_probable_label() -> None:
    prediction = predict(0.5, 0.8, 0.7, multi_label=True, parents=("night", "day", "day"))

    assert prediction.parents == {"night": 0.5, "day": 0.8}


def test_without_a_hierarchy_there_are_no_parents() -> None:
    assert predict(0.5, 0.5).parents is None


def test_a_label_that_its_own_threshold_lets_in_is_as_sure_as_its_probability() -> None:
    rule = DecisionRule(multi_label=True, label_thresholds=(0.3, 0.5, 0.5))

    assert predict(0.4, 0.1, 0.9, rule=rule, abstain_below=0.45).abstained
    assert not predict(0.4, 0.1, 0.9, rule=rule, abstain_below=0.35).abstained


def test_images_are_predicted_together_as_they_are_alone() -> None:
    rows = np.array([[0.5, 0.1, 0.4], [0.2, 0.7, 0.1], [0.34, 0.33, 0.33]])
    asked: dict[str, Any] = {"version": 1, "abstain_below": 0.4, "parents": ("night", "day", "day")}
    rule = DecisionRule(multi_label=False)

    together = predict_labels(rows, LABELS, image_ids=["a", "b", "c"], rule=rule, **asked)

    alone = [
        predict_labels(row[np.newaxis], LABELS, image_ids=[image_id], rule=rule, **asked)[0]
        for image_id, row in zip(("a", "b", "c"), rows, strict=True)
    ]
    assert together == alone
    assert [prediction.image_id for prediction in together] == ["a", "b", "c"]


def test_no_image_is_no_prediction() -> None:
    rule = DecisionRule(multi_label=False)

    assert predict_labels(np.empty((0, 3)), LABELS, image_ids=[], version=1, rule=rule, parents=LABELS) == []
