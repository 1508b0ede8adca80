"""Gives each image its worth by a measure, also where it may have several labels.

Worth is what active learning calls an acquisition score or utility: how much a label of the image would help.
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ml.labels.label_mode import LabelMode
from ml.types import Probabilities, Rows, Worth

# Probabilities that are looked at together: 100,000 images of 1,000 classes would take gigabytes at once.
PROBABILITIES_AT_ONCE = 2**18


class UncertaintyMeasure(Protocol):
    """Scores each image by how uncertain its class probabilities alone leave us (uncertainty sampling)."""

    def worth(self, probabilities: Probabilities, *, rng: np.random.Generator) -> Worth: ...

    def reason(self, probabilities: NDArray[np.float64], labels: tuple[str, ...]) -> str:
        """Say in one sentence why an image with these class probabilities (classes,) is worth that much."""
        ...


def worth_of(
    measure: UncertaintyMeasure, probabilities: Probabilities, *, mode: LabelMode, rng: np.random.Generator
) -> Worth:
    """Worth of each image; with several labels an image, that of its most worthwhile yes-or-no question.

    Parts of a pool in order of image id, with one generator for all of them, give what the whole pool would.
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
    """Why one image with these class probabilities (classes,) is worth labeling as much as it is."""
    return measure.reason(*mode.least_decided(probabilities, labels))


def most_worth_first(worth: Worth, *, rng: np.random.Generator) -> Rows:
    """All rows, most worth labeling first; noise breaks ties."""
    noise = rng.random(len(worth))
    rows = np.argsort(-worth)
    # Few are tied once there is a version, and sorting by both keys takes seven times as long.
    tied = _tied(worth[rows])
    rows[tied] = rows[tied][np.lexsort((noise[rows[tied]], -worth[rows[tied]]))]
    return np.asarray(rows, dtype=np.intp)


def _tied(in_order: Worth) -> NDArray[np.bool_]:
    """Which are as large as the one before or after."""
    tied, like_next = np.zeros(len(in_order), dtype=np.bool_), in_order[1:] == in_order[:-1]
    tied[:-1] |= like_next
    tied[1:] |= like_next
    return tied


def _worth_of_some(
    measure: UncertaintyMeasure, probabilities: Probabilities, *, mode: LabelMode, rng: np.random.Generator
) -> Worth:
    """Args: probabilities: of at least one image."""
    questions = mode.questions(probabilities)
    images, number, answers = questions.shape
    if number == 0:
        return np.zeros(images)
    per_question = measure.worth(questions.reshape(images * number, answers), rng=rng)
    worth: Worth = per_question.reshape(images, number).max(axis=1)
    return worth
