"""Counts true positives, predictions and images per class, and computes precision, recall and F1 from them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.statistics.bootstrap import Draws
from ml.types import Targets

# (..., classes) float64 in 0..1.
PerClass = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class ClassCounts:
    """Per class: true positives, predicted positives, actual positives.

    Each (..., classes) float64; the leading axes are resamples, if any.
    """

    true_positives: NDArray[np.float64]
    predicted: NDArray[np.float64]
    actual: NDArray[np.float64]


def count_classes(targets: Targets, chosen: Targets) -> ClassCounts:
    """Count each class once over all images. Args: chosen: (images, classes), the predicted labels of each image."""
    return ClassCounts(
        true_positives=(targets & chosen).sum(axis=0, dtype=np.float64),
        predicted=chosen.sum(axis=0, dtype=np.float64),
        actual=targets.sum(axis=0, dtype=np.float64),
    )


def class_counter(targets: Targets, chosen: Targets) -> Callable[[Draws], ClassCounts]:
    """Return a function that counts as `count_classes` does, but over thousands of resamples of the images at once."""
    from scipy.sparse import csr_array  # noqa: PLC0415  takes a moment, and only evaluating needs it

    # An image has few classes: a dense matrix would be nearly all zeros.
    per_image = csr_array(np.hstack([targets & chosen, chosen, targets]).astype(np.float64))

    def count(draws: Draws) -> ClassCounts:
        true_positives, predicted, actual = np.split((per_image.T @ draws.T).T, 3, axis=-1)
        return ClassCounts(true_positives=true_positives, predicted=predicted, actual=actual)

    return count


def precision(counts: ClassCounts) -> PerClass:
    """Compute precision per class; 0 for a class that was never predicted."""
    return _share(counts.true_positives, counts.predicted)


def recall(counts: ClassCounts) -> PerClass:
    """Compute recall per class; 0 for a class without images."""
    return _share(counts.true_positives, counts.actual)


def f1(counts: ClassCounts) -> PerClass:
    """Compute F1 per class, the harmonic mean of precision and recall; 0 if both are 0."""
    return _share(2 * counts.true_positives, counts.predicted + counts.actual)


def macro(measure: Callable[[ClassCounts], PerClass], counts: ClassCounts) -> NDArray[np.float64]:
    """Average a measure over the classes that have images. Returns: (...,) one per resample; 0 if no class has any."""
    present = counts.actual > 0
    return _share(np.where(present, measure(counts), 0).sum(axis=-1), present.sum(axis=-1))


def micro_f1(counts: ClassCounts) -> float:
    """Compute F1 over the predictions of all classes together (micro average)."""
    return float(_share(2 * counts.true_positives.sum(), counts.predicted.sum() + counts.actual.sum()))


def _share(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    """Divide counts; 0 / 0 is 0, since `part` never exceeds `whole`."""
    return np.asarray(part / np.maximum(whole, 1))
