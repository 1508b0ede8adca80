"""Random: scores images at random; the baseline that every other strategy has to beat."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ml.strategies.pool import Pool
from ml.strategies.uncertainty.base import UncertaintyStrategy
from ml.types import Probabilities, Rows, Worth


class RandomOrder(UncertaintyStrategy):
    """Worth is uniform in 0..1, drawn row by row: chunks with one generator get the same worth as the whole pool."""

    kind: ClassVar = "random"

    def worth(self, probabilities: Probabilities, *, rng: np.random.Generator) -> Worth:
        drawn = rng.random(len(probabilities))
        # With a single class there is nothing to ask.
        return drawn if probabilities.shape[1] > 1 else np.zeros(len(probabilities))

    def drawn_at_random(self, pool: Pool, picked: Rows, *, rng: np.random.Generator) -> Rows:
        """Return all picks, unless a rule may have held some images back."""
        return picked if self.rules.hold_nothing_back else super().drawn_at_random(pool, picked, rng=rng)

    def reason(self, probabilities: NDArray[np.float64], labels: tuple[str, ...]) -> str:
        return "chosen at random"
