"""Sets of labels that hold the true one as often as was promised: one label where the classifier is sure, else more."""

import math

import numpy as np

from ml.errors import InvalidCoverage
from ml.labels.label_mode import most_likely
from ml.types import Probabilities, Targets


def fit_prediction_set_threshold(probabilities: Probabilities, targets: Targets, *, coverage: float) -> float | None:
    """The probability from which on a label belongs to the set, for sets that hold the true one as often as promised.

    Least ambiguous sets (Sadinle, Lei and Wasserman 2019) by split conformal prediction (Vovk et al. 2005; Angelopoulos
    and Bates 2023, section 1): of n images the threshold keeps the true label of ceil((n + 1) * coverage).

    Args: probabilities: of images that the head had not seen; targets: one label an image.
    Returns: None when there are too few images to promise so much: fewer than coverage / (1 - coverage).
    Raises: InvalidCoverage.
    """
    require_coverage(coverage)
    of_truth = np.sort(probabilities[targets])[::-1]
    # Less than a rounding error above a whole number is that number: 0.95 * 20 is 19.
    kept = math.ceil((len(of_truth) + 1) * coverage - 1e-9)
    return float(of_truth[kept - 1]) if kept <= len(of_truth) else None


def prediction_sets(probabilities: Probabilities, threshold: float) -> Targets:
    """Every label that reaches the threshold, and the most probable one in any case: a set is never empty.

    Returns: (images, classes) bool.
    """
    sets: Targets = (probabilities >= threshold) | most_likely(probabilities)
    return sets


def likely_sets(probabilities: Probabilities, *, coverage: float) -> Targets:
    """The fewest labels whose probabilities reach the coverage together: a wish where nothing can be promised yet.

    Returns: (images, classes) bool.
    """
    order = np.argsort(-probabilities, axis=1, kind="stable")
    largest = np.take_along_axis(probabilities, order, axis=1)
    before = np.cumsum(largest, axis=1) - largest
    sets = np.zeros(probabilities.shape, dtype=np.bool_)
    # A rounding error short of the coverage is the coverage.
    np.put_along_axis(sets, order, before < coverage - 1e-9, axis=1)
    return sets


def require_coverage(coverage: float) -> None:
    """Raises: InvalidCoverage."""
    if not 0 < coverage < 1:
        raise InvalidCoverage(found=coverage)
