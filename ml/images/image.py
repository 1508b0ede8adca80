"""Defines decoded pixels, and the limits on the size of an image."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# (height, width, 3) uint8 in RGB order, already rotated according to the EXIF tag.
Pixels = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class ImageLimits:
    """Maximum size of an image; larger ones are refused."""

    max_bytes: int = 32 * 1024 * 1024
    max_pixels: int = 64_000_000
