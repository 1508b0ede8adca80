"""How logits become probabilities, and the temperature that makes those honest."""

import numpy as np
from numpy.typing import NDArray

from ml.labels.label_mode import LabelMode
from ml.types import Logits, Probabilities, Targets

# Fewer images than this say less about the temperature than the noise in them.
MIN_IMAGES_FOR_TEMPERATURE = 20
COLDEST, HOTTEST = 0.05, 20.0


def probabilities_of(
    logits: Logits, *, temperature: float, mode: LabelMode, biases: NDArray[np.float64] | None = None
) -> Probabilities:
    """A logit of -inf becomes probability 0.

    Args: biases: (classes,), added after the temperature; None for none.
    Returns: rows sum to 1; with several labels an image, each class stands for itself.
    """
    scaled = logits / temperature if biases is None else logits / temperature + biases
    return mode.probabilities(scaled)


def mean_log_loss(logits: Logits, targets: Targets, *, temperature: float = 1.0, mode: LabelMode) -> float:
    """Mean over images; with several labels an image, mean over images and classes."""
    return float(mode.log_losses_of_logits(logits / temperature, targets).mean())


def fit_temperature(logits: Logits, targets: Targets, *, mode: LabelMode) -> float:
    """The temperature of least log-loss, by Guo et al. 2017, "On calibration of modern neural networks".

    Args: logits: of images that the head had not seen, finite for every class an image has.
    Returns: in 0.05..20; 1 when there are too few images to tell.
    """
    if len(logits) < MIN_IMAGES_FOR_TEMPERATURE:
        return 1.0

    def loss(log_temperature: float) -> float:
        return mean_log_loss(logits, targets, temperature=float(np.exp(log_temperature)), mode=mode)

    # Imported here because it takes a third of a second, and only training needs it.
    from scipy.optimize import minimize_scalar  # noqa: PLC0415

    found = minimize_scalar(loss, bounds=(np.log(COLDEST), np.log(HOTTEST)), method="bounded")
    return float(np.exp(found.x))
