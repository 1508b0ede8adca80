"""What every strategy offers: how much each image of the pool is worth labeling."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ml.head import Probabilities

# (images,) float64 in 0..1; 1 is the image most worth labeling.
Worth = NDArray[np.float64]


class Strategy(Protocol):
    """Tells each image's worth from class probabilities alone."""

    @property
    def name(self) -> str: ...

    def worth(self, probabilities: Probabilities, *, rng: np.random.Generator) -> Worth: ...

    def reason(self, probabilities: NDArray[np.float64], labels: tuple[str, ...]) -> str:
        """Say in one sentence why an image with these class probabilities (classes,) is worth that much."""
        ...


class UnknownStrategy(Exception):
    """No strategy goes by this name; the message lists the nearest names."""
