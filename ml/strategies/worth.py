"""Scores the worth of images by a measure, single-label or multi-label.

Worth is the acquisition score (utility) of active learning: how much a label of the image would help.
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ml.labels.label_mode import LabelMode
from ml.types import Probabilities, Rows, Worth

# Number of probabilities scored at a time: 100,000 images of 1,000 classes would take gigabytes at once.
PROBABILITIES_AT_ONCE = 2**18


class UncertaintyMeasure(Protocol):
    """Scores each image by the uncertainty of its class probabilities (uncertainty sampling)."""

    def worth(self, probabilities: Probabilities, *, rng: np.random.Generator) -> Worth: ...

    def reason(self, probabilities: NDArray[np.float64], labels: tuple[str, ...]) -> str:
        """Explain in one sentence the worth of an image with these class probabilities (classes,)."""
        ...


def worth_of(
    measure: UncertaintyMeasure, probabilities: Probabilities, *, mode: LabelMode, rng: np.random.Generator
) -> Worth:
    """Score each image; multi-label it is the largest worth over the yes-or-no questions of its classes.

    Parts of a pool in order of image id, scored with one generator, get the same worth as the whole pool.
    """
    images, classes = probabilities.shape
    worth = np.zeros(images)
    images_at_once = max(1, PROBABILITIES_AT_ONCE // max(classes, 1))
    for start in range(0, images, images_at_once):
        rows = slice(start, start + images_at_once)
        worth[rows] = _worth_of_some(measure, probabilities[rows], mode=mode, rng=rng)
    return worth


def reason_of(
    measure: UncertaintyMeasure, probabilities: NDArray[np.float64], labels: tuple[str, ...], *, mode: LabelMode
) -> str:
    """Explain in one sentence the worth of one image with these class probabilities (classes,)."""
    return measure.reason(*mode.least_decided(probabilities, labels))


def most_worth_first(worth: Worth, *, rng: np.random.Generator) -> Rows:
    """Sort all rows, the most worth labeling first; ties in random order."""
    noise = rng.random(len(worth))
    rows = np.argsort(-worth)
    # With a version few rows are tied, and sorting all by both keys takes seven times as long.
    tied = _tied(worth[rows])
    rows[tied] = rows[tied][np.lexsort((noise[rows[tied]], -worth[rows[tied]]))]
    return np.asarray(rows, dtype=np.intp)


def _tied(in_order: Worth) -> NDArray[np.bool_]:
    """Mark the rows whose worth equals that of the row before or after."""
    tied, like_next = np.zeros(len(in_order), dtype=np.bool_), in_order[1:] == in_order[:-1]
    tied[:-1] |= like_next
    tied[1:] |= like_next
    return tied


def _worth_of_some(
    measure: UncertaintyMeasure, probabilities: Probabilities, *, mode: LabelMode, rng: np.random.Generator
) -> Worth:
    """Score one chunk of images. Args: probabilities: of at least one image."""
    questions = mode.questions(probabilities)
    images, number, answers = questions.shape
    if number == 0:
        return np.zeros(images)
    per_question = measure.worth(questions.reshape(images * number, answers), rng=rng)
    worth: Worth = per_question.reshape(images, number).max(axis=1)
    return worth
