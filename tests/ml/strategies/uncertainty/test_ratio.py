"""Ratio of confidence."""

import numpy as np
import pytest

from ml.strategies.registry import strategy


def test_of_the_same_margin_the_likelier_two_classes_are_worth_more() -> None:
    unlikely, likely = [0.3, 0.2, 0.2, 0.2, 0.1], [0.55, 0.45, 0.0, 0.0, 0.0]

    worth = strategy("ratio").measure.worth(np.array([unlikely, likely]), rng=np.random.default_rng(0))

    assert worth == pytest.approx([2 / 3, 9 / 11])


def test_one_class_is_reason_enough_for_a_sentence() -> None:
    reason = strategy("ratio").measure.reason(np.array([1.0]), ("Coast",))

    assert reason.startswith("the second 0 %")
    assert reason.endswith(": Coast (100 %)")
