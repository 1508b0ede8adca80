"""How far probabilities are from how often they come true."""

import numpy as np

from ml.labels.label_mode import LabelMode
from ml.types import Probabilities, Targets

CALIBRATION_BINS = 15


def expected_calibration_error(probabilities: Probabilities, targets: Targets, *, mode: LabelMode) -> float:
    """Over 15 equal bins, by Guo et al. 2017, "On calibration of modern neural networks".

    The probability of the most probable class is compared with how often it is right; with several labels an image
    every probability of "yes" with how often it was. Returns: 0..1, 0 is best.
    """
    sure, right = mode.forecasts(probabilities, targets)
    bins = np.minimum((sure * CALIBRATION_BINS).astype(np.intp), CALIBRATION_BINS - 1)
    gaps = np.bincount(bins, weights=sure - right, minlength=CALIBRATION_BINS)
    return float(np.abs(gaps).sum() / len(sure))
