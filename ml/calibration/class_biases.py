"""Fits a bias per class beside the temperature, for heads that favour some classes on all images.

Nearest-neighbour heads do so: a few images are neighbours of very many others (hubs), and so are their classes.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax

from ml.calibration.temperature import COLDEST, HOTTEST, fit_temperature
from ml.labels.label_mode import SINGLE_LABEL
from ml.splits.folds import random_folds
from ml.statistics.intervals import is_clearly_positive
from ml.types import Logits, Targets

GAIN_FOLDS = 5
# With fewer images the temperatures per fold are guesses, and biases would be compared with guesses.
MIN_IMAGES_FOR_BIASES = 40
# With 5 images per class biases were never clearly better, with 20 they were.
MIN_IMAGES_PER_CLASS = 10
# A log-loss closer than this to the least one makes no measurable difference.
TOLERANCE = 1e-6
# L2 penalty that pulls biases towards 0, so that a class with few images gets a small one.
PENALTY = 0.003

# (classes,) float64; 0 for a class that none of the images has, since nothing is known of it.
Biases = NDArray[np.float64]


def fit_biases(logits: Logits, targets: Targets, *, seed: int) -> tuple[float, Biases] | None:
    """Fit temperature and biases by log-loss (bias-corrected temperature scaling; Alexandari et al. 2020).

    Args: logits: of images that the head was not trained on; targets: one label per image.
    Returns: temperature and biases; None if there are too few images, or if biases are not clearly better than
        temperature alone on unseen images.
    """
    if len(logits) < max(MIN_IMAGES_FOR_BIASES, MIN_IMAGES_PER_CLASS * targets.any(axis=0).sum()):
        return None
    gain = _gain_on_unseen(logits, targets, seed=seed)
    return _fit(logits, targets) if is_clearly_positive(gain) else None


def _gain_on_unseen(logits: Logits, targets: Targets, *, seed: int) -> NDArray[np.float64]:
    """Compute by cross-validation how much biases lower the log-loss of each image."""
    folds = random_folds(len(logits), number=GAIN_FOLDS, seed=seed)
    gain = np.zeros(len(logits))
    for fold in range(GAIN_FOLDS):
        seen, unseen = folds != fold, folds == fold
        temperature = fit_temperature(logits[seen], targets[seen], mode=SINGLE_LABEL)
        corrected, biases = _fit(logits[seen], targets[seen])
        with_biases = _log_likelihoods(logits[unseen] / corrected + biases, targets[unseen])
        gain[unseen] = with_biases - _log_likelihoods(logits[unseen] / temperature, targets[unseen])
    return gain


def _fit(logits: Logits, targets: Targets) -> tuple[float, Biases]:
    from scipy.optimize import minimize  # noqa: PLC0415  takes a third of a second, and only training needs it

    # A class with logit -inf has probability 0 at any temperature, and does not affect the fit.
    finite = np.where(np.isfinite(logits), logits, 0)
    known = targets.any(axis=0)

    def loss(inverse_temperature_then_biases: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        inverse_temperature, biases = inverse_temperature_then_biases[0], inverse_temperature_then_biases[1:]
        logarithms = log_softmax(logits * inverse_temperature + biases, axis=1)
        slopes = (np.exp(logarithms) - targets) / len(logits)
        gradient = np.append((slopes * finite).sum(), known * (slopes.sum(axis=0) + 2 * PENALTY * biases))
        return -logarithms[targets].mean() + PENALTY * (biases**2).sum(), gradient

    start = np.append(1.0, np.zeros(logits.shape[1]))
    bounds = [(1 / HOTTEST, 1 / COLDEST)] + [(None, None)] * logits.shape[1]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"ftol": TOLERANCE}).x
    return float(1 / found[0]), found[1:]


def _log_likelihoods(scaled: Logits, targets: Targets) -> NDArray[np.float64]:
    return np.asarray(log_softmax(scaled, axis=1), dtype=np.float64)[targets]
