"""Tells a gain that cross-validation shows from the noise in it."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax

from ml.calibration import fit_temperature
from ml.label_mode import SINGLE_LABEL
from ml.statistics.intervals import is_clearly_positive
from ml.types import OutOfFold


def is_clearly_better(candidate: OutOfFold, other: OutOfFold) -> bool:
    """Whether the same images, one label each, lose less after temperature by more than the noise of the difference."""
    return is_clearly_positive(_calibrated_losses(other) - _calibrated_losses(candidate))


def _calibrated_losses(unseen: OutOfFold) -> NDArray[np.float64]:
    temperature = fit_temperature(unseen.logits, unseen.targets, mode=SINGLE_LABEL)
    losses: NDArray[np.float64] = -log_softmax(unseen.logits / temperature, axis=1)[unseen.targets]
    return losses
