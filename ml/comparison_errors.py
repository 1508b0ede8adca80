"""What a trial got wrong: which classes are taken for which, and which images are mistaken."""

import numpy as np
from numpy.typing import NDArray

from ml.comparison import ComparisonErrors, Mistake
from ml.evaluation import Evaluation
from ml.head import Probabilities, Targets
from ml.targets import more_likely_than_not
from ml.trial import LabeledImages, Trial


def errors_of(trial: Trial, images: LabeledImages, evaluation: Evaluation) -> ComparisonErrors:
    """An image is mistaken where the mean over its repeats is.

    Args: evaluation: of the trial's pooled probabilities.
    """
    tested, means = mean_by_image(trial)
    said = _said(means, multi_label=images.multi_label)
    wrong = np.flatnonzero((said != images.targets[tested]).any(axis=1))
    mistakes = [
        Mistake(
            image=images.names[tested[place]],
            labels=_names(images.targets[tested[place]], images.labels),
            said=_names(said[place], images.labels),
            probability=float(means[place].max()),
        )
        for place in wrong
    ]
    return ComparisonErrors(
        confusion=evaluation.confusion,
        mistakes=tuple(sorted(mistakes, key=lambda mistake: (-mistake.probability, mistake.image))),
    )


def mean_by_image(trial: Trial) -> tuple[NDArray[np.intp], Probabilities]:
    """The tested images' rows, in order, and what was said of each in the mean over repeats."""
    tested, places = np.unique(trial.rows, return_inverse=True)
    sums = np.zeros((len(tested), trial.pooled.shape[1]))
    np.add.at(sums, places, trial.pooled)
    return tested, sums / np.bincount(places)[:, None]


def _said(probabilities: Probabilities, *, multi_label: bool) -> Targets:
    if multi_label:
        return more_likely_than_not(probabilities)
    said: Targets = np.eye(probabilities.shape[1], dtype=np.bool_)[probabilities.argmax(axis=1)]
    return said


def _names(targets: Targets, labels: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(label for label, is_given in zip(labels, targets, strict=True) if is_given)
