"""Turns class probabilities into labels and into prediction sets with guaranteed coverage (conformal prediction).

Also aligns the labels of a saved version with the labels that its project has today.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from ml.errors import InvalidCoverage
from ml.labels.label_mode import ONE_HALF, LabelMode, label_mode, most_likely
from ml.types import Probabilities, Targets

DEFAULT_COVERAGE = 0.9


@dataclass(frozen=True, kw_only=True)
class DecisionRule:
    """Turns class probabilities into labels and prediction sets.

    coverage: the share of prediction sets that must hold the true label.
    prediction_set_threshold: the least probability of a label in a set, from conformal prediction; None if there were
        too few labels to guarantee the coverage.
    label_thresholds: multi-label only, one per class: an image gets a label above its threshold; None is one half.
    """

    multi_label: bool
    coverage: float = DEFAULT_COVERAGE
    prediction_set_threshold: float | None = None
    label_thresholds: tuple[float, ...] | None = None

    def chosen(self, probabilities: Probabilities) -> Targets:
        """Choose the labels of each image: the most probable one; multi-label each above its threshold, possibly none.

        Returns: (images, classes) bool.
        """
        thresholds = ONE_HALF if self.label_thresholds is None else np.array(self.label_thresholds)
        return self.mode.hard_labels(probabilities, thresholds)

    def prediction_sets(self, probabilities: Probabilities) -> Targets:
        """Build the prediction set of each image; multi-label it is the set of chosen labels.

        Returns: (images, classes) bool.
        """
        if self.multi_label:
            return self.chosen(probabilities)
        if self.prediction_set_threshold is None:
            return likely_sets(probabilities, coverage=self.coverage)
        return prediction_sets(probabilities, self.prediction_set_threshold)

    def for_labels(self, *, known: tuple[str, ...], wanted: tuple[str, ...]) -> "DecisionRule":
        """Return the same rule for probabilities that `align_labels` has put in the order of other labels."""
        if self.label_thresholds is None or known == wanted:
            return self
        threshold_of = dict(zip(known, self.label_thresholds, strict=True))
        return replace(self, label_thresholds=tuple(threshold_of.get(label, ONE_HALF) for label in wanted))

    @property
    def mode(self) -> LabelMode:
        """Label mode: one label per image, or any number."""
        return label_mode(multi_label=self.multi_label)

    @property
    def is_guaranteed(self) -> bool:
        """True if the coverage is guaranteed by conformal prediction, false if it is only aimed at."""
        return self.prediction_set_threshold is not None


def align_labels(
    probabilities: Probabilities, *, known: tuple[str, ...], wanted: tuple[str, ...], multi_label: bool
) -> Probabilities:
    """Reorder columns from the labels that a version knows to the labels that are wanted.

    A wanted label that the version does not know gets probability 0. If labels were dropped, the others are scaled to
    sum to 1 again, unless multi-label; a row that only had probability on dropped labels becomes uniform.

    Args: probabilities: (images, known classes).
    Returns: (images, wanted classes).
    """
    aligned = np.zeros((len(probabilities), len(wanted)))
    for column, label in enumerate(wanted):
        if label in known:
            aligned[:, column] = probabilities[:, known.index(label)]
    if multi_label or known == wanted:
        return aligned
    mass = aligned.sum(axis=1, keepdims=True)
    uniform = np.full_like(aligned, 1 / max(len(wanted), 1))
    scaled: Probabilities = np.divide(aligned, mass, out=uniform, where=mass > 0)
    return scaled


def fit_prediction_set_threshold(probabilities: Probabilities, targets: Targets, *, coverage: float) -> float | None:
    """Fit the least probability of a label in a prediction set, so that sets hold the true label with this coverage.

    Least ambiguous sets (Sadinle, Lei and Wasserman 2019) by split conformal prediction (Vovk et al. 2005; Angelopoulos
    and Bates 2023, section 1): of n images the threshold keeps the true label of ceil((n + 1) * coverage).

    Args: probabilities: of images that the head was not trained on; targets: one label per image.
    Returns: None if there are too few images to guarantee the coverage: fewer than coverage / (1 - coverage).
    Raises: InvalidCoverage.
    """
    require_coverage(coverage)
    of_truth = np.sort(probabilities[targets])[::-1]
    # A rounding error must not round up: 0.95 * 20 is 19.
    kept = math.ceil((len(of_truth) + 1) * coverage - 1e-9)
    return float(of_truth[kept - 1]) if kept <= len(of_truth) else None


def prediction_sets(probabilities: Probabilities, threshold: float) -> Targets:
    """Collect every label that reaches the threshold, and always the most probable one, so that no set is empty.

    Returns: (images, classes) bool.
    """
    sets: Targets = (probabilities >= threshold) | most_likely(probabilities)
    return sets


def likely_sets(probabilities: Probabilities, *, coverage: float) -> Targets:
    """Collect the fewest labels whose probabilities sum to the coverage; used while no coverage can be guaranteed.

    Returns: (images, classes) bool.
    """
    order = np.argsort(-probabilities, axis=1, kind="stable")
    largest = np.take_along_axis(probabilities, order, axis=1)
    before = np.cumsum(largest, axis=1) - largest
    sets = np.zeros(probabilities.shape, dtype=np.bool_)
    # A sum that misses the coverage by a rounding error reaches it.
    np.put_along_axis(sets, order, before < coverage - 1e-9, axis=1)
    return sets


def require_coverage(coverage: float) -> None:
    """Check that the coverage is more than 0 and less than 1. Raises: InvalidCoverage."""
    if not 0 < coverage < 1:
        raise InvalidCoverage(found=coverage)
