"""How a classifier's probabilities become labels and sets of labels."""

from dataclasses import dataclass, replace

import numpy as np

from ml.calibration.prediction_sets import likely_sets, prediction_sets
from ml.labels.label_mode import ONE_HALF, LabelMode, label_mode
from ml.types import Probabilities, Targets

DEFAULT_COVERAGE = 0.9


@dataclass(frozen=True, kw_only=True)
class DecisionRule:
    """Which labels an image is given, and which it may have.

    coverage: how many of the sets shall hold the true label.
    set_threshold: from which probability on a label is in the set, so that the coverage is a promise; None where there
        were too few labels to promise anything.
    thresholds: with several labels an image, over which probability it gets each; None for one half.
    """

    multi_label: bool
    coverage: float = DEFAULT_COVERAGE
    prediction_set_threshold: float | None = None
    thresholds: tuple[float, ...] | None = None

    def chosen(self, probabilities: Probabilities) -> Targets:
        """The labels that each image is given: the most probable one, or each above its threshold, possibly none.

        Returns: (images, classes) bool.
        """
        thresholds = ONE_HALF if self.thresholds is None else np.array(self.thresholds)
        return self.mode.hard_labels(probabilities, thresholds)

    def prediction_sets(self, probabilities: Probabilities) -> Targets:
        """The labels that the classifier stands for; with several labels an image, those that it is given.

        Returns: (images, classes) bool.
        """
        if self.multi_label:
            return self.chosen(probabilities)
        if self.prediction_set_threshold is None:
            return likely_sets(probabilities, coverage=self.coverage)
        return prediction_sets(probabilities, self.prediction_set_threshold)

    def for_labels(self, *, known: tuple[str, ...], wanted: tuple[str, ...]) -> "DecisionRule":
        """The same rule for probabilities that `ml.labels.alignment.align` has put in the order of other labels."""
        if self.thresholds is None or known == wanted:
            return self
        threshold_of = dict(zip(known, self.thresholds, strict=True))
        return replace(self, thresholds=tuple(threshold_of.get(label, ONE_HALF) for label in wanted))

    @property
    def mode(self) -> LabelMode:
        """One label an image, or any number."""
        return label_mode(multi_label=self.multi_label)

    @property
    def promises(self) -> bool:
        """Whether the coverage is a promise rather than a wish."""
        return self.prediction_set_threshold is not None
