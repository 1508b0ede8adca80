"""What a trial got wrong: which classes are taken for which, and which images are mistaken."""

import numpy as np
from numpy.typing import NDArray

from ml.comparison import ComparisonErrors
from ml.label_mode import most_likely
from ml.misclassified import misclassified
from ml.trial import LabeledImages, Trial
from ml.types import Probabilities


def errors_of(trial: Trial, images: LabeledImages) -> ComparisonErrors:
    """An image is mistaken where the mean over its repeats is.

    Args: images: with one label each.
    """
    said = np.concatenate([most_likely(answers.probabilities) for answers in trial.answers])
    confusion = images.targets[trial.rows].astype(np.intp).T @ said.astype(np.intp)
    tested, means = _means_by_image(trial)
    names = [images.names[row] for row in tested]
    return ComparisonErrors(
        confusion=tuple(tuple(row) for row in confusion.tolist()),
        mistakes=tuple(misclassified(names, means, images.targets[tested], images.labels)),
    )


def _means_by_image(trial: Trial) -> tuple[NDArray[np.intp], Probabilities]:
    """The tested images' rows, in order, and what was said of each in the mean over repeats."""
    tested, places = np.unique(trial.rows, return_inverse=True)
    probabilities = np.concatenate([answers.probabilities for answers in trial.answers])
    sums = np.zeros((len(tested), probabilities.shape[1]))
    np.add.at(sums, places, probabilities)
    return tested, sums / np.bincount(places)[:, None]
