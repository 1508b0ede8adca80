"""Ratio: scores images by the ratio of their two largest class probabilities."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ml.strategies.label_text import name_two_most_likely
from ml.strategies.uncertainty.base import UncertaintyStrategy
from ml.types import Probabilities, Worth


class Ratio(UncertaintyStrategy):
    """Worth is p2 / p1, with the two largest class probabilities p1 and p2 (ratio of confidence, Settles 2009).

    Of two images with the same margin it prefers the one whose two best classes are more likely.
    """

    kind: ClassVar = "ratio"

    def worth(self, probabilities: Probabilities, *, rng: np.random.Generator) -> Worth:
        if probabilities.shape[1] == 1:
            return np.zeros(len(probabilities))
        largest = np.partition(probabilities, -2, axis=1)[:, -2:]
        ratio: Worth = largest[:, 0] / largest[:, 1]
        return ratio

    def reason(self, probabilities: NDArray[np.float64], labels: tuple[str, ...]) -> str:
        second, first = np.sort(probabilities)[-2:] if len(probabilities) > 1 else (0.0, 1.0)
        two = name_two_most_likely(probabilities, labels)
        return f"the second {100 * second / first:.0f} % as likely as the first: {two}"
