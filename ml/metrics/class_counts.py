"""Right answers, answers and images of each class, and the shares that follow from them."""

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
    """For each class, images that are of it and were said to be, that were said to be, and that are.

    Each (..., classes) float64; the leading axes are resamples, if any.
    """

    true_positives: NDArray[np.float64]
    predicted: NDArray[np.float64]
    actual: NDArray[np.float64]


def count_classes(targets: Targets, chosen: Targets) -> ClassCounts:
    """Args: chosen: (images, classes), the labels that each image was given."""
    return ClassCounts(
        true_positives=(targets & chosen).sum(axis=0, dtype=np.float64),
        predicted=chosen.sum(axis=0, dtype=np.float64),
        actual=targets.sum(axis=0, dtype=np.float64),
    )


def class_counter(targets: Targets, chosen: Targets) -> Callable[[Draws], ClassCounts]:
    """What counts the same over resamples of the images, thousands of them in a moment."""
    from scipy.sparse import csr_array  # noqa: PLC0415  takes a moment, and only evaluating needs it

    # An image is of few classes: a dense matrix would be nearly all zeros.
    per_image = csr_array(np.hstack([targets & chosen, chosen, targets]).astype(np.float64))

    def count(draws: Draws) -> ClassCounts:
        true_positives, predicted, actual = np.split((per_image.T @ draws.T).T, 3, axis=-1)
        return ClassCounts(true_positives=true_positives, predicted=predicted, actual=actual)

    return count


def precision(counts: ClassCounts) -> PerClass:
    """0 for a class that nothing was said to be."""
    return _share(counts.true_positives, counts.predicted)


def recall(counts: ClassCounts) -> PerClass:
    """0 for a class without images."""
    return _share(counts.true_positives, counts.actual)


def f1(counts: ClassCounts) -> PerClass:
    """Harmonic mean of precision and recall, 0 where both are."""
    return _share(2 * counts.true_positives, counts.predicted + counts.actual)


def macro(measure: Callable[[ClassCounts], PerClass], counts: ClassCounts) -> NDArray[np.float64]:
    """Mean over the classes that have images. Returns: (...,), one for each resample; 0 where no class has any."""
    present = counts.actual > 0
    return _share(np.where(present, measure(counts), 0).sum(axis=-1), present.sum(axis=-1))


def micro_f1(counts: ClassCounts) -> float:
    """F1 over all answers, whichever class they are of."""
    return float(_share(2 * counts.true_positives.sum(), counts.predicted.sum() + counts.actual.sum()))


def _share(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    """0 of 0 is 0: `part` never exceeds `whole`."""
    return np.asarray(part / np.maximum(whole, 1))
