"""Sets of labels: what they hold, and how often they hold the true one."""

import numpy as np
import pytest

from ml.calibration.prediction_sets import fit_prediction_set_threshold, likely_sets, prediction_sets
from ml.errors import InvalidCoverage
from ml.labels.label_mode import most_likely
from ml.types import Probabilities, Targets


def honest_answers(images: int, *, seed: int) -> tuple[Probabilities, Targets]:
    """Six classes, right in about half of the images."""
    rng = np.random.default_rng(seed)
    probabilities = rng.dirichlet(np.full(6, 0.6), size=images)
    return probabilities, np.eye(6, dtype=np.bool_)[[rng.choice(6, p=row) for row in probabilities]]


def of_truth(*probabilities: float) -> tuple[Probabilities, Targets]:
    """Images of the first of two classes, with these probabilities."""
    first = np.array(probabilities)
    return np.column_stack([first, 1 - first]), np.eye(2, dtype=np.bool_)[[0] * len(first)]


@pytest.mark.parametrize(
    ("coverage", "threshold"),
    # Of 9 images 90 % are all of them, 80 % are 8, and a half are 5: (9 + 1) times the coverage.
    [(0.9, 0.1), (0.8, 0.2), (0.75, 0.2), (0.5, 0.5)],
)
def test_threshold_keeps_as_many_true_labels_as_a_new_image_needs(coverage: float, threshold: float) -> None:
    answers = of_truth(0.5, 0.1, 0.9, 0.3, 0.7, 0.2, 0.8, 0.4, 0.6)

    assert fit_prediction_set_threshold(*answers, coverage=coverage) == pytest.approx(threshold)


@pytest.mark.parametrize(("coverage", "needed"), [(0.8, 4), (0.9, 9), (0.95, 19), (0.99, 99)])
def test_too_few_images_promise_nothing(coverage: float, needed: int) -> None:
    assert fit_prediction_set_threshold(*of_truth(*[0.5] * (needed - 1)), coverage=coverage) is None
    assert fit_prediction_set_threshold(*of_truth(*[0.5] * needed), coverage=coverage) == 0.5


@pytest.mark.parametrize("coverage", [0.8, 0.9, 0.95])
def test_unseen_images_are_covered_as_often_as_promised(coverage: float) -> None:
    threshold = fit_prediction_set_threshold(*honest_answers(2_000, seed=0), coverage=coverage)
    probabilities, targets = honest_answers(4_000, seed=1)

    assert threshold is not None
    sets = prediction_sets(probabilities, threshold)
    assert (sets & targets).any(axis=1).mean() == pytest.approx(coverage, abs=0.02)


def test_few_images_still_keep_the_promise_on_average() -> None:
    probabilities, targets = honest_answers(4_000, seed=1)
    covered = []
    for seed in range(200):
        threshold = fit_prediction_set_threshold(*honest_answers(30, seed=10 + seed), coverage=0.9)
        assert threshold is not None
        covered.append((probabilities[targets] >= threshold).mean())

    assert 0.89 < np.mean(covered) < 0.92


def test_set_has_one_label_when_sure_and_more_when_not() -> None:
    sets = prediction_sets(np.array([[0.9, 0.06, 0.04], [0.5, 0.3, 0.2]]), 0.25)

    assert sets.tolist() == [[True, False, False], [True, True, False]]


def test_set_is_never_empty() -> None:
    assert prediction_sets(np.array([[0.4, 0.35, 0.25], [0.3, 0.35, 0.35]]), 0.6).tolist() == [
        [True, False, False],
        [False, True, False],
    ]


@pytest.mark.parametrize("coverage", [0.0, 1.0, 90.0, float("nan")])
def test_promise_that_cannot_be_is_refused(coverage: float) -> None:
    with pytest.raises(InvalidCoverage, match="more than 0, less than 1, got"):
        fit_prediction_set_threshold(*of_truth(0.5), coverage=coverage)


def test_likely_set_is_the_smallest_that_reaches_the_coverage() -> None:
    probabilities = np.array([[0.95, 0.03, 0.02], [0.9, 0.06, 0.04], [0.5, 0.1, 0.4], [0.4, 0.3, 0.3]])

    assert likely_sets(probabilities, coverage=0.9).tolist() == [
        [True, False, False],
        [True, False, False],
        [True, False, True],
        [True, True, True],
    ]


@pytest.mark.parametrize(
    "sets_of", [most_likely, lambda p: prediction_sets(p, 0.5), lambda p: likely_sets(p, coverage=0.9)]
)
def test_no_images_have_no_sets(sets_of: object) -> None:
    assert callable(sets_of)
    assert sets_of(np.empty((0, 3))).shape == (0, 3)
