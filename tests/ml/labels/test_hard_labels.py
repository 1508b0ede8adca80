"""Hard labels from probabilities: all callers decide the same at exactly one half."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from ml.calibration.decision_rule import DecisionRule
from ml.evaluation.evaluate import score_images
from ml.labels.label_mode import MULTI_LABEL, SINGLE_LABEL
from ml.strategies.hybrid.badge import Gradients
from ml.strategies.hybrid.committee import vote_entropy
from ml.strategies.hybrid.drop_query import DropQuery
from ml.strategies.pool import Pool
from ml.types import Embeddings, Probabilities, Targets
from tests.ml.pools import a_pool

LabelsOf = Callable[[Probabilities], Targets]

AT_THE_BORDER = np.array([[0.5 - 1e-9, 0.5, 0.5 + 1e-9], [0.5, 0.5, 0.5]])
MORE_THAN_ONE_HALF = [[False, False, True], [False, False, False]]


def labels_of_badge(probabilities: Probabilities) -> Targets:
    """Find the labels that BADGE assumes: their residual is below 0."""
    embeddings = np.ones((len(probabilities), 1), dtype=np.float32)
    return np.asarray(Gradients.of(embeddings, probabilities, mode=MULTI_LABEL).residuals < 0)


def labels_of_drop_query(probabilities: Probabilities) -> Targets:
    """Find the labels that DropQuery assumes: predicting none counts as a change."""

    def changes(image: float) -> bool:
        return bool(DropQuery(tries=1).changes(a_pool_of(image), rng=np.random.default_rng(0)).any())

    return np.array([[changes(each) for each in row] for row in probabilities])


def a_pool_of(probability: float) -> Pool:
    """Build a pool of one image and one label with this probability; with dropped parts the probability is 0."""

    def without_label(embeddings: Embeddings) -> Probabilities:
        return np.zeros((len(embeddings), 1))

    return replace(
        a_pool(images=1, classes=1, multi_label=True), probabilities=np.array([[probability]]), classify=without_label
    )


def labels_of_committee(probabilities: Probabilities) -> Targets:
    """Find the labels that the committee votes for: a member that never votes for one disagrees."""

    def disagrees(probability: float) -> bool:
        logits = np.array([[probability - 0.5]])
        return bool(vote_entropy([logits, np.full((1, 1), -1.0)], mode=MULTI_LABEL)[0] > 0)

    return np.array([[disagrees(each) for each in row] for row in probabilities])


def labels_of_evaluation(probabilities: Probabilities) -> Targets:
    """Find the labels that evaluation assumes: predicting them is correct."""

    def is_right(probability: float) -> bool:
        return bool(
            score_images(np.array([[probability]]), np.array([[True]]), rule=DecisionRule(multi_label=True)).correct[0]
        )

    return np.array([[is_right(each) for each in row] for row in probabilities])


USERS: dict[str, LabelsOf] = {
    "hard_labels": MULTI_LABEL.hard_labels,
    "served labels": DecisionRule(multi_label=True).chosen,
    "served labels with thresholds": DecisionRule(multi_label=True, label_thresholds=(0.5, 0.5, 0.5)).chosen,
    "served sets": DecisionRule(multi_label=True).prediction_sets,
    "evaluation": labels_of_evaluation,
    "badge": labels_of_badge,
    "drop-query": labels_of_drop_query,
    "committee": labels_of_committee,
}


@pytest.mark.parametrize("user", USERS)
def test_one_half_is_not_enough_for_a_label(user: str) -> None:
    assert USERS[user](AT_THE_BORDER).tolist() == MORE_THAN_ONE_HALF


def test_single_label_is_the_most_likely_one_and_the_earlier_in_a_tie() -> None:
    probabilities = np.array([[0.3, 0.4, 0.3], [0.4, 0.4, 0.2], [0.2, 0.4, 0.4]])

    assert SINGLE_LABEL.hard_labels(probabilities).tolist() == [
        [False, True, False],
        [True, False, False],
        [False, True, False],
    ]
