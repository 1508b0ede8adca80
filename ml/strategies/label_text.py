"""Formats the most likely classes of an image for the reasons of a pick."""

import numpy as np
from numpy.typing import NDArray


def name_most_likely(probabilities: NDArray[np.float64], labels: tuple[str, ...]) -> str:
    """Name the most likely class, like "Coast (41 %)"."""
    return _named(probabilities, labels, int(probabilities.argmax()))


def name_two_most_likely(probabilities: NDArray[np.float64], labels: tuple[str, ...]) -> str:
    """Name the two most likely classes, like "Coast (41 %) and Open country (38 %)"; ties in label-set order."""
    first_two = np.argsort(-probabilities, kind="stable")[:2]
    return " and ".join(_named(probabilities, labels, int(place)) for place in first_two)


def _named(probabilities: NDArray[np.float64], labels: tuple[str, ...], place: int) -> str:
    return f"{labels[place]} ({100 * probabilities[place]:.0f} %)"
