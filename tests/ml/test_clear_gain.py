"""A gain counts when it is larger than its noise."""

import numpy as np

from ml.clear_gain import is_clearly_better
from ml.types import OutOfFold

TARGETS = np.eye(2, dtype=np.bool_)[[0, 1] * 20]


def with_margins(margins: list[float]) -> OutOfFold:
    """How far the true class leads in each image."""
    return OutOfFold(logits=np.where(TARGETS, np.array(margins)[:, None], 0.0), targets=TARGETS)


def test_better_on_most_images_is_clear() -> None:
    often_wrong, seldom_wrong = with_margins([2, -2] * 20), with_margins([*[2] * 7, -2] * 5)

    assert is_clearly_better(seldom_wrong, often_wrong)
    assert not is_clearly_better(often_wrong, seldom_wrong)


def test_better_on_some_and_worse_on_nearly_as_many_is_noise() -> None:
    one, other = with_margins([-2, *[2, -2] * 19, 2]), with_margins([2, *[2, -2] * 19, 2])

    assert not is_clearly_better(other, one)


def test_what_differs_by_a_temperature_only_is_no_better() -> None:
    cool, hot = with_margins([1, 1, 1, -1] * 10), with_margins([4, 4, 4, -4] * 10)

    assert not is_clearly_better(cool, hot)
    assert not is_clearly_better(hot, cool)


def test_no_difference_is_no_gain() -> None:
    same = with_margins([1, -1] * 20)

    assert not is_clearly_better(same, same)
