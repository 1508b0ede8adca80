"""Turns probabilities into hard labels: the labels that an image is taken to have."""

import numpy as np
from numpy.typing import NDArray

from ml.types import Logits, Probabilities, Targets

ONE_HALF = 0.5
# The logit of one half.
EVEN_LOGIT = 0.0


def hard_labels(
    scores: Probabilities | Logits,
    *,
    multi_label: bool,
    thresholds: float | NDArray[np.float64] = ONE_HALF,
) -> Targets:
    """Choose the most likely label or, with several labels an image, each one above its threshold, possibly none.

    A label at its threshold is not chosen: at exactly one half it is as likely absent as present, and to say it needs
    more. scikit-learn's classifiers for several labels and torchmetrics decide so too, and so did all versions that
    were ever served: a client gets the same labels as before.

    Args: thresholds: one for all or (classes,), only used with several labels an image.
    Returns: (images, classes) bool.
    """
    return np.asarray(scores > thresholds) if multi_label else most_likely(scores)


def most_likely(scores: Probabilities | Logits) -> Targets:
    """Choose one label an image; of equally probable ones the earlier. Returns: (images, classes) bool."""
    return np.asarray(np.arange(scores.shape[1]) == scores.argmax(axis=1, keepdims=True))
