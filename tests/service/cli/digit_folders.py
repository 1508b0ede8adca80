"""Writes real digits as files, in one folder per class."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits


def write_digits(folder: Path, names: Sequence[str], *, each: int) -> None:
    """Write this many images of each digit from 0 on.

    Args: names: of their folders, in that order.
    """
    found = load_digits(n_class=len(names))
    for label, name in enumerate(names):
        (folder / name).mkdir(parents=True)
        for place, image in enumerate(found.images[found.target == label][:each]):
            pixels = (image * 15).astype(np.uint8).repeat(8, axis=0).repeat(8, axis=1)
            Image.fromarray(pixels).save(folder / name / f"{place}.png")
