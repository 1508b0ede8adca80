"""How far the classifier and the truth agree beyond chance, as if they were two coders."""

import numpy as np
from numpy.typing import NDArray

from ml.metrics.class_counts import ClassCounts


def krippendorff_alpha(counts: ClassCounts) -> NDArray[np.float64]:
    """Nominal alpha of two coders without gaps, by Krippendorff 2011, "Computing Krippendorff's alpha-reliability".

    Args: counts: one label an image, and one answer.
    Returns: (...,) at most 1, which is full agreement; 0 is chance; NaN where both only ever name the same one class.
    """
    values = 2 * counts.actual.sum(axis=-1)
    disagreements = 2 * (counts.actual - counts.true_positives).sum(axis=-1)
    by_chance = values**2 - ((counts.predicted + counts.actual) ** 2).sum(axis=-1)
    unknown = np.full(np.shape(values), np.nan)
    alpha: NDArray[np.float64] = 1 - np.divide(
        (values - 1) * disagreements, by_chance, out=unknown, where=by_chance > 0
    )
    return alpha
