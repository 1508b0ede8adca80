"""Krippendorff's alpha against published and hand-worked values."""

import numpy as np
import pytest

from ml.metrics.agreement import krippendorff_alpha
from ml.metrics.class_counts import ClassCounts, count_classes


def alpha_of(one: str, other: str) -> float:
    """Compute alpha of two texts: each letter is a class, each place an image."""
    classes = sorted(set(one + other))
    columns = np.eye(len(classes), dtype=np.bool_)
    return float(
        krippendorff_alpha(
            count_classes(columns[[classes.index(each) for each in one]], columns[[classes.index(o) for o in other]])
        )
    )


def test_alpha_is_what_krippendorff_published() -> None:
    # Krippendorff 2011, "Computing Krippendorff's alpha-reliability", example B: Meg's and Owen's twelve articles.
    assert alpha_of("aabbdcccedda", "babbbccceddd") == pytest.approx(0.692, abs=5e-4)


def test_alpha_of_two_classes_is_what_krippendorff_published() -> None:
    # The same paper's example A: ten articles in two classes.
    assert alpha_of("0100000010", "1110010000") == pytest.approx(0.095, abs=5e-4)


def test_alpha_of_full_agreement_is_1() -> None:
    assert alpha_of("abca", "abca") == 1


def test_alpha_of_full_disagreement_is_worked_by_hand() -> None:
    # Values: 2 a, 2 b. Observed 4 of 4 pairs differ, expected 8 of 12: 1 - 1 / (2 / 3).
    assert alpha_of("ab", "ba") == pytest.approx(-0.5)


def test_alpha_of_one_class_alone_is_unknown() -> None:
    assert np.isnan(alpha_of("aaa", "aaa"))


def test_alpha_is_worked_out_for_each_resample() -> None:
    counts = ClassCounts(
        true_positives=np.array([[1.0, 1.0], [0.0, 0.0]]),
        predicted=np.array([[1.0, 1.0], [1.0, 1.0]]),
        actual=np.array([[1.0, 1.0], [1.0, 1.0]]),
    )

    assert krippendorff_alpha(counts) == pytest.approx([1, -0.5])
