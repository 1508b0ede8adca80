"""Fits the probability threshold of each label in multi-label projects."""

import numpy as np
from numpy.typing import NDArray

from ml.labels.label_mode import ONE_HALF
from ml.types import Probabilities, Targets


def fit_thresholds(probabilities: Probabilities, targets: Targets) -> tuple[float, ...]:
    """Compute for each class the threshold of largest expected F1: half of that F1.

    Holds for calibrated probabilities (Lipton, Elkan and Naryanaswamy 2014, "Optimal thresholding of classifiers to
    maximize F1 measure"). On rare classes it does better than the threshold that was best on the labeled images: it
    uses all probabilities, not only the few positives.

    Args: probabilities: calibrated, of images that the head was not trained on.
    Returns: in 0..0.5, one per class; 0.5 for a class that none of the images has.
    """
    return tuple(
        _best_expected_f1(of_class) / 2 if has_class.any() else ONE_HALF
        for of_class, has_class in zip(probabilities.T, targets.T, strict=True)
    )


def _best_expected_f1(probabilities: NDArray[np.float64]) -> float:
    """Compute the largest expected F1 over every k, if the k most probable images are predicted to be of the class.

    Args: probabilities: (images,), not all 0.
    Returns: the maximum of 2 * expected hits / (k + expected images of the class).
    """
    largest = np.sort(probabilities)[::-1]
    hits = np.cumsum(largest)
    return float((2 * hits / (np.arange(1, len(largest) + 1) + hits[-1])).max())
