"""Margin: scores images by how close their two largest class probabilities are."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ml.strategies.label_text import name_two_most_likely
from ml.strategies.uncertainty.base import UncertaintyStrategy
from ml.types import Probabilities, Worth


class Margin(UncertaintyStrategy):
    """Worth is 1 - (p1 - p2), with the two largest class probabilities p1 and p2 (Scheffer et al. 2001)."""

    kind: ClassVar = "margin"

    def worth(self, probabilities: Probabilities, *, rng: np.random.Generator) -> Worth:
        if probabilities.shape[1] == 1:
            return np.zeros(len(probabilities))
        largest = np.partition(probabilities, -2, axis=1)[:, -2:]
        return np.clip(1 - (largest[:, 1] - largest[:, 0]), 0, 1)

    def reason(self, probabilities: NDArray[np.float64], labels: tuple[str, ...]) -> str:
        return f"between {name_two_most_likely(probabilities, labels)}"
