"""The list of mistakes."""

import numpy as np

from ml.evaluation.mistakes import Mistake, misclassified

LABELS = ("cat", "dog", "emu")


def test_mistakes_name_the_predicted_label_the_most_confident_first() -> None:
    probabilities = np.array([[0.5, 0.3, 0.2], [0.1, 0.9, 0.0], [0.2, 0.1, 0.7]])
    targets = np.eye(3, dtype=np.bool_)[[1, 0, 2]]

    assert misclassified(["a", "b", "c"], probabilities, targets, LABELS) == [
        Mistake(image_id="b", label="cat", predicted_label="dog", probability=0.9, truth_probability=0.1),
        Mistake(image_id="a", label="dog", predicted_label="cat", probability=0.5, truth_probability=0.3),
    ]


def test_equally_sure_mistakes_keep_their_order() -> None:
    targets = np.eye(3, dtype=np.bool_)[[1, 1]]

    mistakes = misclassified(["z", "a"], np.array([[0.8, 0.1, 0.1]] * 2), targets, LABELS)

    assert [mistake.image_id for mistake in mistakes] == ["z", "a"]


def test_no_mistakes_are_no_rows() -> None:
    assert misclassified(["a"], np.array([[0.8, 0.1, 0.1]]), np.eye(3, dtype=np.bool_)[[0]], LABELS) == []
