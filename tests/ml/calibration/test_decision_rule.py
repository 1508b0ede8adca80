"""Labels and prediction sets from probabilities, in the order of a label set."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.calibration.decision_rule import (
    DecisionRule,
    align_labels,
    fit_prediction_set_threshold,
    likely_sets,
    prediction_sets,
)
from ml.errors import InvalidCoverage
from ml.labels.label_mode import most_likely
from ml.types import Probabilities, Targets

PROBABILITIES = np.array([[0.6, 0.25, 0.15], [0.96, 0.03, 0.01]])
KNOWN = ("owl", "jay", "kite")
ROWS = np.array([[0.5, 0.3, 0.2], [0.0, 0.0, 1.0]])


def honest_answers(images: int, *, seed: int) -> tuple[Probabilities, Targets]:
    """Draw calibrated predictions of six classes with about 50 % accuracy."""
    rng = np.random.default_rng(seed)
    probabilities = rng.dirichlet(np.full(6, 0.6), size=images)
    return probabilities, np.eye(6, dtype=np.bool_)[[rng.choice(6, p=row) for row in probabilities]]


def of_truth(*probabilities: float) -> tuple[Probabilities, Targets]:
    """Build images of the first of two classes, with these probabilities."""
    first = np.array(probabilities)
    return np.column_stack([first, 1 - first]), np.eye(2, dtype=np.bool_)[[0] * len(first)]


def test_single_label_is_the_most_probable() -> None:
    assert DecisionRule(multi_label=False).chosen(PROBABILITIES).tolist() == [[True, False, False]] * 2


def test_several_labels_are_those_more_likely_than_not_unless_thresholds_say_otherwise() -> None:
    probabilities = np.array([[0.6, 0.25, 0.5]])

    assert DecisionRule(multi_label=True).chosen(probabilities).tolist() == [[True, False, False]]
    assert DecisionRule(multi_label=True, label_thresholds=(0.7, 0.2, 0.5)).chosen(probabilities).tolist() == [
        [False, True, False]
    ]


def test_set_uses_the_fitted_threshold_if_there_is_one() -> None:
    rule = DecisionRule(multi_label=False, prediction_set_threshold=0.2)

    assert rule.is_guaranteed
    assert rule.prediction_sets(PROBABILITIES).tolist() == [[True, True, False], [True, False, False]]


def test_set_without_a_promise_is_as_likely_as_was_wished() -> None:
    rule = DecisionRule(multi_label=False, coverage=0.97)

    assert not rule.is_guaranteed
    assert rule.prediction_sets(PROBABILITIES).tolist() == [[True, True, True], [True, True, False]]


def test_multi_label_set_is_the_set_of_chosen_labels() -> None:
    rule = DecisionRule(multi_label=True, label_thresholds=(0.7, 0.2, 0.1))

    assert rule.prediction_sets(PROBABILITIES).tolist() == rule.chosen(PROBABILITIES).tolist()


def test_thresholds_follow_their_labels_into_another_order() -> None:
    rule = DecisionRule(multi_label=True, label_thresholds=(0.1, 0.2, 0.3))

    moved = rule.for_labels(known=("cat", "dog", "emu"), wanted=("emu", "fox", "cat"))

    assert moved.label_thresholds == (0.3, 0.5, 0.1)


def test_promise_is_the_same_in_any_order_of_labels() -> None:
    rule = DecisionRule(multi_label=False, coverage=0.95, prediction_set_threshold=0.2)

    assert rule.for_labels(known=("cat", "dog"), wanted=("dog", "cat")) == rule


def test_the_same_label_set_changes_nothing() -> None:
    np.testing.assert_array_equal(align_labels(ROWS, known=KNOWN, wanted=KNOWN, multi_label=False), ROWS)


def test_columns_follow_the_wanted_order() -> None:
    aligned = align_labels(ROWS, known=KNOWN, wanted=("kite", "owl", "jay"), multi_label=False)

    np.testing.assert_allclose(aligned, ROWS[:, [2, 0, 1]])


def test_a_label_that_the_version_does_not_know_gets_nothing() -> None:
    aligned = align_labels(ROWS, known=KNOWN, wanted=("crow", *KNOWN), multi_label=False)

    np.testing.assert_allclose(aligned, np.hstack([np.zeros((2, 1)), ROWS]))


def test_what_a_dropped_label_had_goes_to_the_others_in_proportion() -> None:
    aligned = align_labels(ROWS[:1], known=KNOWN, wanted=("owl", "jay"), multi_label=False)

    np.testing.assert_allclose(aligned, [[0.625, 0.375]])


def test_a_row_whose_whole_mass_was_dropped_knows_nothing() -> None:
    aligned = align_labels(ROWS[1:], known=KNOWN, wanted=("owl", "jay"), multi_label=False)

    np.testing.assert_allclose(aligned, [[0.5, 0.5]])


def test_in_a_multi_label_project_the_others_keep_what_they_have() -> None:
    aligned = align_labels(ROWS, known=KNOWN, wanted=("owl", "crow"), multi_label=True)

    np.testing.assert_allclose(aligned, [[0.5, 0.0], [0.0, 0.0]])


@pytest.mark.parametrize("multi_label", [False, True])
def test_no_images_are_no_rows(multi_label: bool) -> None:
    aligned = align_labels(ROWS[:0], known=KNOWN, wanted=("owl", "crow"), multi_label=multi_label)

    assert aligned.shape == (0, 2)


@given(
    wanted=st.lists(st.sampled_from(["owl", "jay", "kite", "crow", "wren"]), min_size=1, unique=True),
    weights=st.lists(st.floats(0, 1), min_size=3, max_size=3).filter(lambda weights: sum(weights) > 1e-6),
)
def test_rows_always_sum_to_one(wanted: list[str], weights: list[float]) -> None:
    row = np.array([weights]) / sum(weights)

    aligned = align_labels(row, known=KNOWN, wanted=tuple(wanted), multi_label=False)

    assert aligned.min() >= 0
    assert aligned.sum() == pytest.approx(1)


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
