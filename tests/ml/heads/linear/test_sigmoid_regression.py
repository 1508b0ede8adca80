"""Tests sigmoid regression with classes that overlap, and classes on all images or on none."""

import numpy as np
import pytest

from ml.calibration.temperature import probabilities_of
from ml.heads.linear.sigmoid_regression import SigmoidRegression
from ml.labels.label_mode import MULTI_LABEL
from ml.types import Probabilities, Targets
from tests.ml.clouds import Cloud, around


def some_sets(images: int = 60) -> Targets:
    return np.random.default_rng(0).random((images, 3)) < 0.5


def trained_probabilities(train: Cloud) -> Probabilities:
    head = SigmoidRegression().train(train.embeddings, train.targets, seed=0).head
    return probabilities_of(head.logits(train.embeddings), temperature=1, mode=MULTI_LABEL)


def test_finds_every_label_of_an_image() -> None:
    train = around(some_sets())

    assert ((trained_probabilities(train) > 0.5) == train.targets).mean() > 0.95


def test_class_of_every_image_is_likely_everywhere_but_not_certain() -> None:
    targets = some_sets()
    targets[:, 0] = True

    probabilities = trained_probabilities(around(targets))

    assert probabilities[:, 0] == pytest.approx(60.5 / 61)


def test_class_of_no_image_is_impossible() -> None:
    targets = some_sets()
    targets[:, 2] = False

    assert (trained_probabilities(around(targets))[:, 2] == 0).all()
