"""Entropy: the more evenly the probabilities spread over all classes, the more an image is worth labeling."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import entr

from ml.strategies.label_text import name_most_likely
from ml.strategies.uncertainty.base import UncertaintyStrategy
from ml.types import Probabilities, Worth


class Entropy(UncertaintyStrategy):
    """Worth is H(p) / log(C), H Shannon's entropy over all C classes."""

    kind: ClassVar = "entropy"

    def worth(self, probabilities: Probabilities, *, rng: np.random.Generator) -> Worth:
        classes = probabilities.shape[1]
        if classes == 1:
            return np.zeros(len(probabilities))
        worth: Worth = _entropy(probabilities) / np.log(classes)
        return np.clip(worth, 0, 1)

    def reason(self, probabilities: NDArray[np.float64], labels: tuple[str, ...]) -> str:
        as_many = float(np.exp(_entropy(probabilities)))
        return f"as unsure as between {as_many:.1f} equal classes, first {name_most_likely(probabilities, labels)}"


def _entropy(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(entr(probabilities).sum(axis=-1), dtype=np.float64)
