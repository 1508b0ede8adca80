"""Crops and resizes an image to the input size of an encoder."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torchvision.transforms.v2 import functional as transforms

from ml.encoders.base import Prepared
from ml.images.image import Pixels

ResizeMode = Literal["shortest", "longest", "squash"]
Interpolation = Literal["bicubic", "bilinear"]


@dataclass(frozen=True, kw_only=True)
class Preparation:
    """Turns pixels into (3, height, width) uint8; thread-safe.

    Resize modes have open_clip's names: `shortest` crops the centre, `longest` pads, `squash` changes the aspect ratio.
    """

    height: int
    width: int
    resize_mode: ResizeMode = "shortest"
    interpolation: Interpolation = "bicubic"
    # Share of the largest possible centre crop that is kept, with `shortest` and `squash`.
    kept_fraction: float = 1.0
    fill: int = 0

    def __call__(self, pixels: Pixels) -> Prepared:
        """Prepare one image.

        Cropping comes before resizing: in the other order an image of 1 x 30,000 pixels would fill the memory.
        """
        if self.resize_mode == "longest":
            return self._padded(pixels)
        return self._resized(self._centre(pixels), self.height, self.width)

    def _centre(self, pixels: Pixels) -> Pixels:
        height, width = pixels.shape[:2]
        down, across = height / self.height, width / self.width
        if self.resize_mode == "shortest":
            down = across = min(down, across)
        kept_height = min(height, max(1, round(self.height * down * self.kept_fraction)))
        kept_width = min(width, max(1, round(self.width * across * self.kept_fraction)))
        top, left = (height - kept_height) // 2, (width - kept_width) // 2
        return pixels[top : top + kept_height, left : left + kept_width]

    def _padded(self, pixels: Pixels) -> Prepared:
        height, width = pixels.shape[:2]
        scale = max(height / self.height, width / self.width)
        kept_height, kept_width = max(1, round(height / scale)), max(1, round(width / scale))
        top, left = (self.height - kept_height) // 2, (self.width - kept_width) // 2
        canvas = np.full((3, self.height, self.width), self.fill, dtype=np.uint8)
        canvas[:, top : top + kept_height, left : left + kept_width] = self._resized(pixels, kept_height, kept_width)
        return canvas

    def _resized(self, pixels: Pixels, height: int, width: int) -> Prepared:
        channels_last = torch.from_numpy(np.require(pixels, requirements=["C", "W"]))
        resized: torch.Tensor = transforms.resize(
            channels_last.permute(2, 0, 1),
            [height, width],
            interpolation=transforms.InterpolationMode(self.interpolation),
            antialias=True,
        )
        prepared: Prepared = resized.contiguous().numpy()
        return prepared
