"""Random: every image is worth the same on average; the baseline that every other strategy has to beat."""

import numpy as np
from numpy.typing import NDArray

from ml.head import Probabilities
from ml.strategy import Worth


class RandomOrder:
    """Worth is uniform in 0..1, row by row: one generator for all chunks gives what the whole pool would."""

    name = "random"

    def worth(self, probabilities: Probabilities, *, rng: np.random.Generator) -> Worth:
        drawn = rng.random(len(probabilities))
        # Nothing is left to ask where only one answer is possible.
        return drawn if probabilities.shape[1] > 1 else np.zeros(len(probabilities))

    def reason(self, probabilities: NDArray[np.float64], labels: tuple[str, ...]) -> str:
        return "chosen at random"
