"""Ranks of the true class, top-k accuracy and the graded score."""

import numpy as np
import pytest
from sklearn.metrics import top_k_accuracy_score

from ml.metrics.ranks import graded_scores, top_k_accuracy, truth_ranks
from tests.ml.answers import some_answers


def ranks_of(*rows: tuple[float, ...], truth: int) -> list[int]:
    targets = np.zeros((len(rows), len(rows[0])), dtype=np.bool_)
    targets[:, truth] = True
    return [int(rank) for rank in truth_ranks(np.array(rows), targets)]


def test_rank_counts_the_classes_that_come_before_the_true_one() -> None:
    assert ranks_of((0.5, 0.3, 0.2), (0.3, 0.5, 0.2), (0.2, 0.3, 0.5), truth=1) == [1, 0, 1]


def test_of_equally_probable_classes_the_earlier_comes_first() -> None:
    assert ranks_of((0.4, 0.4, 0.2), truth=0) == [0]
    assert ranks_of((0.4, 0.4, 0.2), truth=1) == [1]


def test_impossible_class_is_no_answer_at_all() -> None:
    assert ranks_of((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), truth=2) == [3, 3]


@pytest.mark.parametrize("k", [1, 2, 3])
def test_top_k_accuracy_agrees_with_scikit_learn(k: int) -> None:
    probabilities, targets = some_answers()

    accuracies = top_k_accuracy(truth_ranks(probabilities, targets), classes=4)

    assert accuracies[k - 1] == pytest.approx(top_k_accuracy_score(targets.argmax(axis=1), probabilities, k=k))


@pytest.mark.parametrize(("classes", "answers"), [(2, 2), (10, 10), (12, 10)])
def test_top_k_accuracy_ends_at_ten_or_at_all_classes(classes: int, answers: int) -> None:
    assert len(top_k_accuracy(np.array([0, 1]), classes=classes)) == answers


@pytest.mark.parametrize(
    ("rank", "first", "score"),
    [
        (0, 0.3, 1.0),
        (0, 0.99, 1.0),
        (1, 0.49, 0.8),
        (1, 0.5, 0.6),
        (1, 0.94, 0.6),
        (1, 0.95, 0.0),
        (2, 0.4, 0.0),
    ],
)
def test_graded_score_is_mild_when_the_true_class_is_second_to_an_unsure_one(
    rank: int, first: float, score: float
) -> None:
    assert graded_scores(np.array([rank]), np.array([first])).tolist() == [score]
