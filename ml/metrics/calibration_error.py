"""Measures how far predicted probabilities are from observed frequencies (calibration)."""

import numpy as np

from ml.labels.label_mode import LabelMode
from ml.types import Probabilities, Targets

CALIBRATION_BINS = 15


def expected_calibration_error(probabilities: Probabilities, targets: Targets, *, mode: LabelMode) -> float:
    """Compute the expected calibration error over 15 equal-width bins (Guo et al. 2017).

    Compares the probability of the most probable class with its accuracy; in multi-label projects the probability of
    every class with how often images have it. Returns: 0..1, 0 is best.
    """
    predicted, came_true = mode.forecasts(probabilities, targets)
    bins = np.minimum((predicted * CALIBRATION_BINS).astype(np.intp), CALIBRATION_BINS - 1)
    gaps = np.bincount(bins, weights=predicted - came_true, minlength=CALIBRATION_BINS)
    return float(np.abs(gaps).sum() / len(predicted))
