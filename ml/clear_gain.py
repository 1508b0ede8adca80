"""Tells a gain that cross-validation shows from the noise in it."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax

from ml.calibration import fit_temperature
from ml.types import OutOfFold

# A gain of fewer standard errors may be luck, above all where it is the best of several.
CLEAR_STANDARD_ERRORS = 2.0


def is_clearly_better(candidate: OutOfFold, other: OutOfFold) -> bool:
    """Whether the same images, one label each, lose less after temperature by more than the noise of the difference."""
    gains = _calibrated_losses(other) - _calibrated_losses(candidate)
    standard_error = gains.std(ddof=1) / len(gains) ** 0.5
    return bool(gains.mean() > CLEAR_STANDARD_ERRORS * standard_error)


def _calibrated_losses(unseen: OutOfFold) -> NDArray[np.float64]:
    temperature = fit_temperature(unseen.logits, unseen.targets, multi_label=False)
    losses: NDArray[np.float64] = -log_softmax(unseen.logits / temperature, axis=1)[unseen.targets]
    return losses
