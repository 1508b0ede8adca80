"""A version's probabilities in the order of another label set."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.labels.alignment import align_labels

KNOWN = ("owl", "jay", "kite")
ROWS = np.array([[0.5, 0.3, 0.2], [0.0, 0.0, 1.0]])


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
