"""Real images to annotate: scans of handwritten digits from scikit-learn."""

import hashlib
from dataclasses import dataclass
from functools import cache
from io import BytesIO

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
SIDE = 64
BRIGHTEST = 16


@dataclass(frozen=True, kw_only=True)
class Digit:
    """One scan with its label; image_id is Margin's id of it."""

    file_name: str
    label: str
    png: bytes

    @property
    def image_id(self) -> str:
        """The SHA-256 of the file."""
        return hashlib.sha256(self.png).hexdigest()


def digits(*labels: str, each: int, skip: int = 0) -> list[Digit]:
    """Return scans of each label, interleaved.

    Args: skip: number of scans of each label that are left out at the start.
    """
    return [
        Digit(file_name=f"{label}-{skip + place:03d}.png", label=label, png=_scans(label)[skip + place])
        for place in range(each)
        for label in labels
    ]


@cache
def _scans(label: str) -> list[bytes]:
    pixels, shown = load_digits(return_X_y=True)
    wanted = pixels[shown == NAMES.index(label)].reshape(-1, 8, 8)
    return list(dict.fromkeys(_png(scan) for scan in wanted))


def _png(scan: "np.ndarray[tuple[int, int], np.dtype[np.float64]]") -> bytes:
    grey = (scan * (255 / BRIGHTEST)).astype(np.uint8)
    file = BytesIO()
    Image.fromarray(grey, mode="L").resize((SIDE, SIDE), Image.Resampling.BICUBIC).save(file, "PNG")
    return file.getvalue()
