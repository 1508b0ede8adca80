"""Measures the agreement between classifier and truth beyond chance, as between two annotators."""

import numpy as np
from numpy.typing import NDArray

from ml.metrics.class_counts import ClassCounts


def krippendorff_alpha(counts: ClassCounts) -> NDArray[np.float64]:
    """Compute nominal alpha, two coders, no gaps (Krippendorff 2011, "Computing Krippendorff's alpha-reliability").

    Args: counts: with one true and one predicted label per image.
    Returns: (...,) 1 is full agreement, 0 is chance; NaN if truth and prediction are one and the same class throughout.
    """
    values = 2 * counts.actual.sum(axis=-1)
    disagreements = 2 * (counts.actual - counts.true_positives).sum(axis=-1)
    by_chance = values**2 - ((counts.predicted + counts.actual) ** 2).sum(axis=-1)
    unknown = np.full(np.shape(values), np.nan)
    alpha: NDArray[np.float64] = 1 - np.divide(
        (values - 1) * disagreements, by_chance, out=unknown, where=by_chance > 0
    )
    return alpha
