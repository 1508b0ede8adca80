"""The classes between which an image lies."""

import numpy as np
import pytest

from ml.closest_classes import closest_classes

LABELS = ("owl", "jay", "wren")


@pytest.mark.parametrize(
    ("probabilities", "multi_label", "expected"),
    [
        ((0.2, 0.5, 0.3), False, [("jay", 0.5), ("wren", 0.3)]),
        ((0.4, 0.2, 0.4), False, [("owl", 0.4), ("wren", 0.4)]),
        ((0.9, 0.6, 0.1), True, [("jay", 0.6), ("not jay", 0.4)]),
        ((0.9, 0.4, 0.1), True, [("not jay", 0.6), ("jay", 0.4)]),
    ],
)
def test_they_are_the_two_most_probable_answers(
    probabilities: tuple[float, ...], multi_label: bool, expected: list[tuple[str, float]]
) -> None:
    closest = closest_classes(np.array(probabilities), LABELS, multi_label=multi_label)

    assert [each.label for each in closest] == [label for label, _ in expected]
    assert [each.probability for each in closest] == pytest.approx([probability for _, probability in expected])


def test_of_one_class_there_is_one() -> None:
    assert [each.label for each in closest_classes(np.ones(1), ("owl",), multi_label=False)] == ["owl"]


@pytest.mark.parametrize("multi_label", [True, False])
def test_of_no_class_there_is_none(multi_label: bool) -> None:
    assert closest_classes(np.empty(0), (), multi_label=multi_label) == ()
