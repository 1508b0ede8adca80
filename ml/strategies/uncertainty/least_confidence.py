"""Least confidence: scores images by how low the probability of their most likely class is."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ml.strategies.label_text import name_most_likely
from ml.strategies.uncertainty.base import UncertaintyStrategy
from ml.types import Probabilities, Worth


class LeastConfidence(UncertaintyStrategy):
    """Worth is (1 - p1) * C / (C - 1), with the largest p1 of C class probabilities (Lewis and Gale 1994, scaled)."""

    kind: ClassVar = "least-confidence"

    def worth(self, probabilities: Probabilities, *, rng: np.random.Generator) -> Worth:
        classes = probabilities.shape[1]
        if classes == 1:
            return np.zeros(len(probabilities))
        uncertainty: Worth = 1 - probabilities.max(axis=1)
        return np.clip(uncertainty * classes / (classes - 1), 0, 1)

    def reason(self, probabilities: NDArray[np.float64], labels: tuple[str, ...]) -> str:
        return f"at most {name_most_likely(probabilities, labels)}"
