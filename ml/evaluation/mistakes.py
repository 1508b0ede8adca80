"""The images that a classifier got wrong, with what it said instead."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ml.metrics.ranks import truth_ranks
from ml.types import Probabilities, Targets


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """One image that was given another label than its own.

    probability: of what was said; truth_probability: of the image's own label.
    """

    image_id: str
    label: str
    said: str
    probability: float
    truth_probability: float


def misclassified(
    image_ids: Sequence[str], probabilities: Probabilities, targets: Targets, labels: tuple[str, ...]
) -> list[Mistake]:
    """The surest mistakes first: they are the likeliest wrong labels, or what the classifier has yet to learn.

    Args: targets: one label an image; columns are in the order of `labels`, rows in that of `image_ids`.
    """
    said = probabilities.argmax(axis=1)
    sureness = probabilities.max(axis=1)
    wrong = np.flatnonzero(truth_ranks(probabilities, targets) > 0)
    return [
        Mistake(
            image_id=image_ids[row],
            label=labels[targets[row].argmax()],
            said=labels[said[row]],
            probability=float(sureness[row]),
            truth_probability=float(probabilities[row, targets[row]][0]),
        )
        for row in wrong[np.argsort(-sureness[wrong], kind="stable")]
    ]
