"""Rows of length one."""

import numpy as np
import pytest

from ml.geometry.l2_normalise import l2_normalise


def test_rows_get_length_one_and_keep_their_direction() -> None:
    assert l2_normalise(np.array([[3, 4], [0, -2]], dtype=np.float32)) == pytest.approx(np.array([[0.6, 0.8], [0, -1]]))


def test_a_row_without_a_direction_stays_as_it_is() -> None:
    assert not l2_normalise(np.zeros((1, 3), dtype=np.float32)).any()
