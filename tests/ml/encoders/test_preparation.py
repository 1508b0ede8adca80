"""Tests cropping and resizing images to the input size of an encoder."""

import numpy as np

from ml.encoders.preparation import Preparation


def test_kept_fraction_cuts_the_border_off() -> None:
    framed = np.zeros((16, 32, 3), dtype=np.uint8)
    framed[1:15, 9:23] = 200

    prepared = Preparation(height=7, width=7, kept_fraction=0.875)(framed)

    assert (prepared == 200).all()


def test_longest_pads_and_squash_does_not() -> None:
    wide = np.full((10, 20, 3), 90, dtype=np.uint8)

    padded = Preparation(height=8, width=8, resize_mode="longest", fill=7)(wide)
    squashed = Preparation(height=8, width=8, resize_mode="squash")(wide)

    assert padded[0, :, 0].tolist() == [7, 7, 90, 90, 90, 90, 7, 7]
    assert (squashed == 90).all()


def test_squash_cuts_the_border_off_each_side_by_its_own_length() -> None:
    framed = np.zeros((20, 40, 3), dtype=np.uint8)
    framed[1:19, 2:38] = 200

    prepared = Preparation(height=9, width=9, resize_mode="squash", kept_fraction=0.9)(framed)

    assert (prepared == 200).all()
