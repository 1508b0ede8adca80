"""Tests training a classifier from embeddings and labels."""

from typing import Any

import numpy as np
import pytest

from ml.calibration.decision_rule import DecisionRule
from ml.classifier.classifier import Classifier
from ml.classifier.training import train_classifier
from ml.errors import (
    EmbeddingsNotFinite,
    InvalidCoverage,
    NotEnoughLabels,
    UnknownHead,
    UnusableTargets,
    WrongDimension,
)
from ml.evaluation.evaluate import evaluate
from ml.heads.base import SideInformation
from ml.types import ClassTexts
from tests.ml.clouds import DIMENSION, ENCODER, Cloud, around, cloud

LABELS = ("cat", "dog", "horse")
ONE_LABEL, SEVERAL_LABELS = DecisionRule(multi_label=False), DecisionRule(multi_label=True)


def train(train_on: Cloud, *, head_name: str = "softmax-regression", seed: int = 0, **options: Any) -> Classifier:
    return train_classifier(
        embeddings=train_on.embeddings,
        targets=train_on.targets,
        labels=LABELS,
        head_name=head_name,
        encoder=ENCODER,
        seed=seed,
        **options,
    )


def with_a_common_part(images: Cloud) -> Cloud:
    shifted = images.embeddings + np.eye(DIMENSION, dtype=np.float32)[-1]
    return Cloud(embeddings=shifted / np.linalg.norm(shifted, axis=1, keepdims=True), targets=images.targets)


def test_classifier_carries_what_it_was_trained_with() -> None:
    classifier = train(cloud(2, 2, 0))

    assert classifier.labels == LABELS
    assert classifier.head_name == "softmax-regression"
    assert classifier.encoder == ENCODER
    assert not classifier.multi_label


def test_few_labels_leave_the_temperature_alone() -> None:
    assert train(cloud(1, 1, 0)).temperature == 1


def test_probability_of_a_class_without_labels_is_0() -> None:
    classes = cloud(20, 20, 0)

    probabilities = train(classes).probabilities(classes.embeddings)

    assert (probabilities[:, 2] == 0).all()
    assert probabilities.sum(axis=1) == pytest.approx(1)


def test_probabilities_on_unseen_images_are_honest() -> None:
    classifier = train(cloud(60, 60, 60, noise=0.6))
    unseen = cloud(500, 500, 500, noise=0.6, seed=1)

    evaluation = evaluate(classifier.probabilities(unseen.embeddings), unseen.targets, LABELS, rule=ONE_LABEL)

    assert 0.6 < evaluation.accuracy < 0.95
    assert evaluation.calibration_error < 0.06


def test_several_labels_an_image_are_learned_and_calibrated() -> None:
    sets = np.random.default_rng(0).random((400, 3)) < 0.5
    both = around(sets, noise=0.4)
    known = Cloud(embeddings=both.embeddings[:150], targets=both.targets[:150])

    classifier = train(known, head_name="sigmoid-regression")

    evaluation = evaluate(
        classifier.probabilities(both.embeddings[150:]), both.targets[150:], LABELS, rule=SEVERAL_LABELS
    )
    assert classifier.multi_label
    assert evaluation.macro_f1 > 0.8
    assert evaluation.calibration_error < 0.1


@pytest.mark.parametrize("coverage", [0.8, 0.95])
def test_sets_of_unseen_images_hold_the_true_label_as_often_as_promised_on_average(coverage: float) -> None:
    unseen = cloud(700, 700, 700, noise=0.7, seed=99)
    held = []
    for seed in range(4):
        classifier = train(cloud(100, 100, 100, noise=0.7, seed=seed), coverage=coverage)
        probabilities = classifier.probabilities(unseen.embeddings)
        sets = evaluate(probabilities, unseen.targets, LABELS, rule=classifier.rule).label_sets
        assert sets is not None
        assert sets.promised == coverage
        held.append(sets.coverage)

    assert np.mean(held) == pytest.approx(coverage, abs=0.025)


def test_few_labels_promise_nothing() -> None:
    rule = train(cloud(2, 2, 2), coverage=0.8).rule

    assert (rule.coverage, rule.is_guaranteed) == (0.8, False)


def test_more_than_the_labels_can_promise_is_not_promised() -> None:
    assert not train(cloud(20, 20, 20), coverage=0.99).rule.is_guaranteed


def test_promise_that_cannot_be_is_refused() -> None:
    with pytest.raises(InvalidCoverage):
        train(cloud(2, 2, 2), coverage=90)


def test_head_that_favours_no_class_has_no_biases() -> None:
    assert train(cloud(60, 60, 60, noise=0.6)).biases is None


def test_what_a_head_favours_is_taken_back() -> None:
    # The text of the first class describes what all images have in common.
    texts = np.eye(3, DIMENSION, dtype=np.float32)
    texts[0, -1] = 1
    known, unseen = (with_a_common_part(cloud(60, 60, 60, noise=0.4, seed=seed)) for seed in (0, 1))

    classifier = train(
        known,
        head_name="zero-shot",
        side_information=SideInformation(texts=ClassTexts(embeddings=texts, logit_scale=20.0)),
    )

    assert classifier.biases is not None
    right = classifier.probabilities(unseen.embeddings).argmax(axis=1) == unseen.targets.argmax(axis=1)
    by_texts_alone = classifier.head.logits(unseen.embeddings).argmax(axis=1) == unseen.targets.argmax(axis=1)
    assert right.mean() > by_texts_alone.mean() + 0.1


def test_rare_label_of_several_has_a_threshold_under_one_half() -> None:
    often, rarely = np.array([[0.5], [0.1]]) > np.random.default_rng(0).random((2, 400))
    known = around(np.column_stack([often, rarely, ~often]), noise=0.9)

    thresholds = train(known, head_name="sigmoid-regression").label_thresholds

    assert thresholds is not None
    assert thresholds[1] < thresholds[0] <= 0.5


def test_same_arguments_give_the_same_classifier() -> None:
    classes = cloud(15, 15, 15, noise=0.5)

    first, second = train(classes, seed=4), train(classes, seed=4)

    assert first.temperature == second.temperature
    assert np.array_equal(first.probabilities(classes.embeddings), second.probabilities(classes.embeddings))


def test_one_class_is_not_enough() -> None:
    with pytest.raises(NotEnoughLabels):
        train(cloud(5, 0, 0))


def test_unknown_head_is_refused() -> None:
    with pytest.raises(UnknownHead):
        train(cloud(2, 2, 2), head_name="nearest-centroid-of-mass")


def test_embeddings_of_another_encoder_are_refused() -> None:
    classes = cloud(2, 2, 2)

    with pytest.raises(WrongDimension):
        train(Cloud(embeddings=classes.embeddings[:, :5], targets=classes.targets))


def test_poisoned_embeddings_are_refused() -> None:
    classes = cloud(2, 2, 2)
    classes.embeddings[0, 0] = np.nan

    with pytest.raises(EmbeddingsNotFinite):
        train(classes)


def test_targets_that_do_not_fit_are_refused() -> None:
    with pytest.raises(UnusableTargets):
        train(cloud(2, 2))
