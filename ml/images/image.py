"""What an image is before any encoder sees it, and how its bytes become pixels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# (height, width, 3) uint8 in RGB order, already rotated as its EXIF tag says.
Pixels = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class ImageLimits:
    """What one image may cost before it is refused."""

    max_bytes: int = 32 * 1024 * 1024
    max_pixels: int = 64_000_000
