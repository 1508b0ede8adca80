"""Names the most likely classes of an image, as reasons do."""

import numpy as np
from numpy.typing import NDArray


def name_most_likely(probabilities: NDArray[np.float64], labels: tuple[str, ...]) -> str:
    """Like "Coast (41 %)"."""
    return _named(probabilities, labels, int(probabilities.argmax()))


def name_two_most_likely(probabilities: NDArray[np.float64], labels: tuple[str, ...]) -> str:
    """Like "Coast (41 %) and Open country (38 %)"; of equals the first in label-set order comes first."""
    first_two = np.argsort(-probabilities, kind="stable")[:2]
    return " and ".join(_named(probabilities, labels, int(place)) for place in first_two)


def _named(probabilities: NDArray[np.float64], labels: tuple[str, ...], place: int) -> str:
    return f"{labels[place]} ({100 * probabilities[place]:.0f} %)"
