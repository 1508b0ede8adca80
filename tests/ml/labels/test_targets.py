"""Labels as targets."""

import numpy as np
import pytest

from ml.errors import UnusableTargets
from ml.labels.targets import require_targets, targets_of


def test_columns_follow_the_label_set() -> None:
    targets = targets_of([{"dog"}, {"cat", "dog"}, set()], ("cat", "dog"))

    assert targets.tolist() == [[False, True], [True, True], [False, False]]


def test_no_images_keep_their_columns() -> None:
    assert targets_of([], ("cat", "dog")).shape == (0, 2)


def test_label_outside_the_label_set_is_refused_by_name() -> None:
    with pytest.raises(UnusableTargets, match="horse"):
        targets_of([{"horse"}], ("cat", "dog"))


def test_targets_of_another_shape_are_refused() -> None:
    with pytest.raises(UnusableTargets, match=r"\(3, 2\)"):
        require_targets(np.zeros((2, 2), dtype=np.bool_), images=3, classes=2, multi_label=True)


def test_two_labels_are_refused_if_one_is_needed() -> None:
    with pytest.raises(UnusableTargets, match="row 0 has 2"):
        require_targets(np.ones((1, 2), dtype=np.bool_), images=1, classes=2, multi_label=False)
