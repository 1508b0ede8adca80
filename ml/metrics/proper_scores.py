"""Scores per image that only honest probabilities keep low: logarithmic loss and Brier's."""

import numpy as np
from numpy.typing import NDArray

from ml.types import Probabilities, Targets

# Without a floor, one image of a class with probability 0 makes the mean log-loss infinite.
SMALLEST_PROBABILITY = 1e-7


def log_losses(probabilities: Probabilities, targets: Targets, *, multi_label: bool) -> NDArray[np.float64]:
    """Natural logarithm; with several labels an image, its mean over classes. Returns: (images,), 0 is best."""
    if multi_label:
        sure = np.clip(probabilities, SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY)
        return np.asarray(-np.log(np.where(targets, sure, 1 - sure)).mean(axis=1))
    return np.asarray(-np.log(np.maximum(probabilities[targets], SMALLEST_PROBABILITY)))


def brier_scores(probabilities: Probabilities, targets: Targets, *, multi_label: bool) -> NDArray[np.float64]:
    """Squared distance of the probabilities from the truth, by Brier 1950, "Verification of forecasts".

    Returns: (images,), 0 is best; a sum over classes, in 0..2, as Brier has it; with several labels an image a mean
        over classes, in 0..1, for each is a question of its own.
    """
    squares = (probabilities - targets) ** 2
    return np.asarray(squares.mean(axis=1) if multi_label else squares.sum(axis=1))
