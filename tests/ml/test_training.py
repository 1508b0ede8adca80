"""Training a classifier from embeddings and labels."""

import numpy as np
import pytest

from ml.classifier import Classifier, EmbeddingsNotFinite, WrongDimension
from ml.evaluation import evaluate
from ml.head import NotEnoughLabels, UnknownHead
from ml.targets import UnusableTargets
from ml.training import train_classifier
from tests.ml.clouds import ENCODER, Cloud, around, cloud

LABELS = ("cat", "dog", "horse")


def train(train_on: Cloud, *, head_name: str = "softmax-regression", seed: int = 0) -> Classifier:
    return train_classifier(
        embeddings=train_on.embeddings,
        targets=train_on.targets,
        labels=LABELS,
        head_name=head_name,
        encoder=ENCODER,
        seed=seed,
    )


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

    evaluation = evaluate(classifier.probabilities(unseen.embeddings), unseen.targets, LABELS, False)

    assert 0.6 < evaluation.accuracy < 0.95
    assert evaluation.calibration_error < 0.06


def test_several_labels_an_image_are_learned_and_calibrated() -> None:
    sets = np.random.default_rng(0).random((400, 3)) < 0.5
    both = around(sets, noise=0.4)
    known = Cloud(embeddings=both.embeddings[:150], targets=both.targets[:150])

    classifier = train(known, head_name="sigmoid-regression")

    evaluation = evaluate(classifier.probabilities(both.embeddings[150:]), both.targets[150:], LABELS, True)
    assert classifier.multi_label
    assert evaluation.macro_f1 > 0.8
    assert evaluation.calibration_error < 0.1


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
