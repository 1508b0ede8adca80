"""Labels that an accuracy needs, against hand-worked values."""

import numpy as np
import pytest

from ml.simulation.labels_needed import compare_labels_needed, labels_needed, median_labels_needed
from tests.ml.simulation.test_learning_curves import curve

SLOW = curve([0, 100], [0.0, 1.0])
FAST = curve([0, 50, 100], [0.0, 1.0, 1.0])
NEVER = curve([0, 100], [0.0, 0.2])


def test_labels_needed_lie_on_a_line_between_rounds() -> None:
    # From .4 at 10 to .8 at 30: .5 is a quarter of the way.
    assert labels_needed(curve([10, 30], [0.4, 0.8]), 0.5) == pytest.approx(15)


def test_a_later_fall_does_not_count() -> None:
    # .6 was reached at 20 labels already, regardless of later rounds.
    assert labels_needed(curve([10, 20, 30, 40], [0.4, 0.6, 0.5, 0.9]), 0.6) == 20


def test_after_a_fall_the_line_starts_at_the_best_so_far() -> None:
    # The best goes from .6 at 30 to .9 at 40: .75 is half of the way.
    assert labels_needed(curve([10, 20, 30, 40], [0.4, 0.6, 0.5, 0.9]), 0.75) == pytest.approx(35)


def test_what_the_first_round_reaches_takes_its_labels() -> None:
    assert labels_needed(curve([10, 30], [0.4, 0.8]), 0.3) == 10


def test_what_no_round_reaches_takes_no_number_of_labels() -> None:
    assert labels_needed(curve([10, 30], [0.4, 0.8]), 0.9) is None


def test_the_median_counts_a_run_that_never_gets_there_as_endless() -> None:
    assert median_labels_needed([FAST, SLOW, NEVER], 0.8) == pytest.approx(80)
    assert median_labels_needed([FAST, NEVER, NEVER], 0.8) is None


def test_half_the_labels_in_each_run_are_a_ratio_of_a_half() -> None:
    # At .8: 40 against 80 labels in both runs.
    found = compare_labels_needed([FAST, FAST], [SLOW, SLOW], 0.8)

    assert found is not None
    assert (found.reached, found.reference_reached, found.runs) == (2, 2, 2)
    assert (found.saved.low, found.saved.estimate, found.saved.high) == pytest.approx((40, 40, 40))
    assert (found.ratio.low, found.ratio.estimate, found.ratio.high) == pytest.approx((0.5, 0.5, 0.5))


def test_ratios_are_averaged_so_that_the_reference_may_be_either() -> None:
    # Twice and half as many labels are as many on the whole; the logarithms are +-.693, their standard error .693.
    found = compare_labels_needed([FAST, SLOW], [SLOW, FAST], 0.8)

    assert found is not None
    assert found.ratio.estimate == pytest.approx(1)
    assert found.ratio.high == pytest.approx(np.exp(12.7062 * np.log(2)), rel=1e-4)


def test_a_run_that_never_gets_there_counts_with_the_labels_at_the_end() -> None:
    found = compare_labels_needed([FAST, FAST], [NEVER, NEVER], 0.8)

    assert found is not None
    assert (found.reached, found.reference_reached) == (2, 0)
    assert found.saved.estimate == pytest.approx(100 - 40)


def test_what_is_reached_only_after_the_comparison_ends_was_not_reached() -> None:
    found = compare_labels_needed([curve([0, 200], [0.0, 1.0])], [SLOW], 0.8)

    assert found is not None
    assert found.reached == 0
    assert found.saved.estimate == pytest.approx(80 - 100)


def test_nothing_is_compared_if_no_run_reaches_the_accuracy() -> None:
    assert compare_labels_needed([NEVER], [NEVER], 0.8) is None


def test_an_accuracy_that_takes_no_label_counts_as_one() -> None:
    found = compare_labels_needed([SLOW], [FAST], 0.0)

    assert found is not None
    assert found.ratio.estimate == 1
