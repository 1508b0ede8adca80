"""Tests the probabilities of a classifier, and the embeddings that it refuses."""

from typing import Any

import numpy as np
import pytest

from ml.calibration.decision_rule import DecisionRule
from ml.classifier.classifier import Classifier
from ml.errors import EmbeddingsNotFinite, WrongDimension
from ml.heads.linear.linear_head import LinearHead
from tests.ml.clouds import DIMENSION, ENCODER


def two_class_classifier(*, temperature: float = 1.0, **options: Any) -> Classifier:
    weights = np.zeros((2, DIMENSION), dtype=np.float32)
    weights[0, 0] = 2
    return Classifier(
        head=LinearHead(weights=weights, biases=np.zeros(2, dtype=np.float32)),
        head_name="softmax-regression",
        temperature=temperature,
        labels=("cat", "dog"),
        multi_label=False,
        encoder=ENCODER,
        **options,
    )


def test_temperature_makes_the_answer_less_sure() -> None:
    embeddings = np.eye(1, DIMENSION, dtype=np.float32)

    assert two_class_classifier().probabilities(embeddings)[0, 0] == pytest.approx(1 / (1 + np.exp(-2)))
    assert two_class_classifier(temperature=4).probabilities(embeddings)[0, 0] == pytest.approx(1 / (1 + np.exp(-0.5)))


def test_biases_take_back_what_the_head_favours() -> None:
    probabilities = two_class_classifier(temperature=2, biases=(-1.0, 0.0)).probabilities(
        np.eye(1, DIMENSION, dtype=np.float32)
    )

    assert probabilities.tolist() == [[0.5, 0.5]]


def test_labels_are_chosen_as_the_classifier_was_fitted() -> None:
    rule = two_class_classifier(coverage=0.8, prediction_set_threshold=0.3).rule

    assert rule == DecisionRule(multi_label=False, coverage=0.8, prediction_set_threshold=0.3)


def test_no_embeddings_give_no_probabilities() -> None:
    assert two_class_classifier().probabilities(np.empty((0, DIMENSION), dtype=np.float32)).shape == (0, 2)


@pytest.mark.parametrize("shape", [(3, DIMENSION + 1), (DIMENSION,), (1, 1, DIMENSION)], ids=str)
def test_embeddings_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(WrongDimension, match=r"expected embeddings of shape \(images, 8\)"):
        two_class_classifier().probabilities(np.zeros(shape, dtype=np.float32))


@pytest.mark.parametrize("poison", [np.nan, np.inf])
def test_embeddings_that_are_not_finite_are_refused_with_their_row(poison: float) -> None:
    embeddings = np.zeros((3, DIMENSION), dtype=np.float32)
    embeddings[2, 5] = poison

    with pytest.raises(EmbeddingsNotFinite, match="row 2"):
        two_class_classifier().probabilities(embeddings)


def test_infinities_that_cancel_out_are_refused() -> None:
    embeddings = np.zeros((3, DIMENSION), dtype=np.float32)
    embeddings[1, :2] = np.inf, -np.inf

    with pytest.raises(EmbeddingsNotFinite, match="row 1"):
        two_class_classifier().probabilities(embeddings)


def test_finite_embeddings_whose_sum_is_too_large_for_float32_are_answered() -> None:
    embeddings = np.full((3, DIMENSION), np.finfo(np.float32).max / 4, dtype=np.float32)

    assert two_class_classifier().probabilities(embeddings).shape == (3, 2)
