"""Tests finding the classes that a head confuses, and training against them."""

import numpy as np

from ml.heads.linear.confusable_classes import confusable_classes, train_against_confusable
from ml.heads.linear.sigmoid_regression import fit_sigmoid_path
from tests.ml.clouds import cloud


def test_confusable_classes_share_most_probability_on_each_others_images() -> None:
    probabilities = np.array([[0.7, 0.2, 0.09, 0.01], [0.05, 0.9, 0.04, 0.01], [0.1, 0.1, 0.5, 0.3], [0, 0, 0.4, 0.6]])

    confusable = confusable_classes(np.log(probabilities + 1e-9), np.eye(4, dtype=np.bool_))

    # Class 0 shares 0.25 with class 1 and 0.19 with class 2, next to nothing with class 3.
    assert confusable[0].tolist() == [False, True, True, False]
    assert confusable[3, 2]
    assert not confusable.diagonal().any()


def test_images_of_a_frequent_class_count_no_more_than_those_of_a_rare_one() -> None:
    targets = np.eye(4, dtype=np.bool_)[[0] * 50 + [1, 2, 3]]
    logits = np.where(targets, 3.0, 0.0)
    logits[50, 0] = logits[51, 0] = 2.5

    confusable = confusable_classes(logits, targets)

    assert confusable[0].tolist() == [False, True, True, False]


def test_class_without_a_label_is_never_confusable() -> None:
    logits = np.array([[1.0, 0.5, -np.inf], [0.5, 1.0, -np.inf]])

    confusable = confusable_classes(logits, np.eye(3, dtype=np.bool_)[:2])

    assert confusable[:2].tolist() == [[False, True, False], [True, False, False]]


def test_trained_against_all_others_is_sigmoid_regression() -> None:
    images = cloud(10, 10, 10, noise=0.5)

    ours = train_against_confusable(images.embeddings, images.targets, ~np.eye(3, dtype=np.bool_), 10.0)
    (one_versus_rest,) = fit_sigmoid_path(images.embeddings, images.targets, [10.0])

    np.testing.assert_allclose(ours.logits(images.embeddings), one_versus_rest.logits(images.embeddings), atol=1e-3)


def test_images_of_other_classes_than_confusable_ones_are_not_used() -> None:
    images, confusable = cloud(10, 10, 10, noise=0.5), np.zeros((3, 3), dtype=np.bool_)
    confusable[0, 1] = confusable[1, 0] = confusable[2, 0] = True
    without_third = cloud(10, 10, noise=0.5)
    first_two = slice(0, 20)

    with_third = train_against_confusable(images.embeddings, images.targets, confusable, 10.0)
    alone = train_against_confusable(images.embeddings[first_two], without_third.targets, confusable[:2, :2], 10.0)

    np.testing.assert_allclose(with_third.logits(images.embeddings)[:, :2], alone.logits(images.embeddings), atol=0.02)


def test_class_without_a_label_gets_minus_infinity() -> None:
    images = cloud(5, 5, 0)

    head = train_against_confusable(images.embeddings, images.targets, ~np.eye(3, dtype=np.bool_), 10.0)

    assert np.isneginf(head.biases).tolist() == [False, False, True]
