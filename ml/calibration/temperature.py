"""Converts logits to probabilities and calibrates them by temperature scaling (Guo et al. 2017)."""

import numpy as np
from numpy.typing import NDArray

from ml.labels.label_mode import LabelMode
from ml.types import Logits, Probabilities, Targets

# With fewer images noise dominates the fitted temperature.
MIN_IMAGES_FOR_TEMPERATURE = 20
COLDEST, HOTTEST = 0.05, 20.0


def probabilities_of(
    logits: Logits, *, temperature: float, mode: LabelMode, biases: NDArray[np.float64] | None = None
) -> Probabilities:
    """Convert logits to probabilities; a logit of -inf becomes probability 0.

    Args: biases: (classes,), added after dividing by the temperature.
    Returns: rows sum to 1; multi-label each class on its own.
    """
    scaled = logits / temperature if biases is None else logits / temperature + biases
    return mode.probabilities(scaled)


def mean_log_loss(logits: Logits, targets: Targets, *, temperature: float = 1.0, mode: LabelMode) -> float:
    """Compute the mean log-loss over images; multi-label over images and classes."""
    return float(mode.log_losses_of_logits(logits / temperature, targets).mean())


def fit_temperature(logits: Logits, targets: Targets, *, mode: LabelMode) -> float:
    """Fit the temperature of least log-loss (Guo et al. 2017, "On calibration of modern neural networks").

    Args: logits: of images that the head was not trained on, finite for every class an image has.
    Returns: in 0.05..20; 1 if there are too few images.
    """
    if len(logits) < MIN_IMAGES_FOR_TEMPERATURE:
        return 1.0

    def loss(log_temperature: float) -> float:
        return mean_log_loss(logits, targets, temperature=float(np.exp(log_temperature)), mode=mode)

    # Imported here because it takes a third of a second, and only training needs it.
    from scipy.optimize import minimize_scalar  # noqa: PLC0415

    found = minimize_scalar(loss, bounds=(np.log(COLDEST), np.log(HOTTEST)), method="bounded")
    return float(np.exp(found.x))
