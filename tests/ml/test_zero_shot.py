"""Texts alone classify images."""

import numpy as np

from ml.zero_shot import zero_shot_probabilities

TEXTS = np.eye(3, dtype=np.float32)


def test_rows_sum_to_one_and_the_nearest_text_wins() -> None:
    images = np.array([[0.8, 0.6, 0.0], [0.0, 0.6, 0.8]], dtype=np.float32)

    probabilities = zero_shot_probabilities(images, TEXTS, logit_scale=10.0)

    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert probabilities.argmax(axis=1).tolist() == [0, 2]
    assert probabilities.dtype == np.float64


def test_probabilities_are_the_softmax_of_scaled_cosines() -> None:
    images = np.array([[0.8, 0.6, 0.0]], dtype=np.float32)

    probabilities = zero_shot_probabilities(images, TEXTS, logit_scale=5.0)

    powers = np.exp([4.0, 3.0, 0.0])
    np.testing.assert_allclose(probabilities, [powers / powers.sum()], atol=1e-6)


def test_large_scale_does_not_overflow() -> None:
    images = np.array([[1.0, 0.0, 0.0]], dtype=np.float32)

    probabilities = zero_shot_probabilities(images, TEXTS, logit_scale=10_000.0)

    assert probabilities.tolist() == [[1.0, 0.0, 0.0]]


def test_no_images_give_no_rows() -> None:
    nothing = np.empty((0, 3), dtype=np.float32)

    assert zero_shot_probabilities(nothing, TEXTS, logit_scale=1.0).shape == (0, 3)
