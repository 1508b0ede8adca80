"""scikit-learn's handwritten digits under noise: real images that a random network half understands."""

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits

from ml.finetuning.blocks_training import TrainingImages
from ml.labels.targets import targets_of

LABELS = tuple("0123456789")
# Repetitions of each of the 8 x 8 pixels.
SCALE = 4


def noisy_digits(count: int, *, noise: float = 60.0) -> TrainingImages:
    """Return the first digits, 32 x 32 pixels; deterministic."""
    names = [[str(digit)] for digit in load_digits().target[:count]]
    images = np.repeat(_grey(count, noise)[:, None], 3, axis=1)
    return TrainingImages(images=images, targets=targets_of(names, LABELS), multi_label=False)


def _grey(count: int, noise: float) -> NDArray[np.uint8]:
    pixels = load_digits().images[:count] * 15.9
    pixels = pixels + np.random.default_rng(0).normal(0, noise, pixels.shape)
    grey: NDArray[np.uint8] = pixels.clip(0, 255).astype(np.uint8).repeat(SCALE, axis=1).repeat(SCALE, axis=2)
    return grey
