"""Entropy: scores images by the Shannon entropy of their class probabilities."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import entr

from ml.strategies.label_text import name_most_likely
from ml.strategies.uncertainty.base import UncertaintyStrategy
from ml.types import Probabilities, Worth


class Entropy(UncertaintyStrategy):
    """Worth is H(p) / log(C), with Shannon's entropy H over all C classes (Settles 2009, scaled)."""

    kind: ClassVar = "entropy"

    def worth(self, probabilities: Probabilities, *, rng: np.random.Generator) -> Worth:
        classes = probabilities.shape[1]
        if classes == 1:
            return np.zeros(len(probabilities))
        worth: Worth = _entropy(probabilities) / np.log(classes)
        return np.clip(worth, 0, 1)

    def reason(self, probabilities: NDArray[np.float64], labels: tuple[str, ...]) -> str:
        equal_classes = float(np.exp(_entropy(probabilities)))
        most_likely = name_most_likely(probabilities, labels)
        return f"as unsure as between {equal_classes:.1f} equal classes, first {most_likely}"


def _entropy(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(entr(probabilities).sum(axis=-1), dtype=np.float64)
