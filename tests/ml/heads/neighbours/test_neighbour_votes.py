"""Tests the votes of neighbours."""

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier

from ml.calibration.temperature import probabilities_of
from ml.geometry.nearest import Neighbours
from ml.heads.neighbours.exact_search import ExactSearch
from ml.heads.neighbours.neighbour_votes import EQUAL, VOTE_SMOOTHING, VotingRule
from ml.labels.label_mode import SINGLE_LABEL
from tests.ml.clouds import cloud

CLASSES = np.array([0, 0, 1], dtype=np.int32)
ALL_PRESENT = np.array([True, True])


def neighbours(rows: list[int], similarities: list[float]) -> Neighbours:
    return Neighbours(rows=np.array([rows]), similarities=np.array([similarities], dtype=np.float32))


def test_equal_votes_are_counted_and_smoothed() -> None:
    logits = VotingRule(k=3, width=EQUAL).logits(neighbours([0, 1, 2], [0.1, 0.2, 0.9]), CLASSES, ALL_PRESENT)

    assert logits == pytest.approx(np.log([[2 + VOTE_SMOOTHING, 1 + VOTE_SMOOTHING]]))


def test_a_vote_weighs_exp_of_similarity_by_width() -> None:
    logits = VotingRule(k=2, width=0.1).logits(neighbours([0, 2], [0.8, 0.9]), CLASSES, ALL_PRESENT)

    weights = np.exp([8, 9]) / np.exp([8, 9]).sum() * 2
    assert logits == pytest.approx(np.log([weights + VOTE_SMOOTHING]), rel=1e-5)


@pytest.mark.parametrize("width", [0.05, EQUAL])
def test_neighbours_that_were_not_found_have_no_vote(width: float) -> None:
    rule = VotingRule(k=3, width=width)

    missing = rule.logits(neighbours([0, -1, -1], [0.5, -3e38, -np.inf]), CLASSES, ALL_PRESENT)

    assert missing == pytest.approx(np.log([[1 + VOTE_SMOOTHING, VOTE_SMOOTHING]]))


def test_class_without_an_image_gets_minus_infinity() -> None:
    present = np.array([True, True, False])

    logits = VotingRule(k=1, width=EQUAL).logits(neighbours([0], [0.5]), CLASSES, present)

    assert np.isneginf(logits[0, 2])


@pytest.mark.parametrize("width", [0.05, EQUAL])
def test_votes_agree_with_scikit_learn(width: float) -> None:
    train, unseen = cloud(15, 15, 15, noise=0.6), cloud(10, 10, 10, noise=0.6, seed=1)
    classes = train.targets.argmax(axis=1)
    theirs = KNeighborsClassifier(7, metric="cosine", weights=lambda distances: np.exp(-distances / width))
    theirs.fit(train.embeddings, classes)
    found = ExactSearch(embeddings=train.embeddings).nearest(unseen.embeddings, k=7)

    logits = VotingRule(k=7, width=width).logits(found, classes.astype(np.int32), np.ones(3, dtype=np.bool_))

    smoothed = 7 * theirs.predict_proba(unseen.embeddings) + VOTE_SMOOTHING
    ours = probabilities_of(logits, temperature=1, mode=SINGLE_LABEL)
    assert ours == pytest.approx(smoothed / smoothed.sum(axis=1, keepdims=True), abs=1e-4)
