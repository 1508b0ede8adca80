"""Lists the misclassified images, with the predicted label of each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ml.metrics.ranks import truth_ranks
from ml.types import Probabilities, Targets


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """A misclassified image; label: the true one; predicted_label: the predicted one.

    probability: of the predicted label; truth_probability: of the true label.
    """

    image_id: str
    label: str
    predicted_label: str
    probability: float
    truth_probability: float


def misclassified(
    image_ids: Sequence[str], probabilities: Probabilities, targets: Targets, labels: tuple[str, ...]
) -> list[Mistake]:
    """List the mistakes, the most confident first: those are likely wrong labels, or not learned yet.

    Args: targets: one label per image; columns are in the order of `labels`, rows in that of `image_ids`.
    """
    predicted = probabilities.argmax(axis=1)
    confidence = probabilities.max(axis=1)
    wrong = np.flatnonzero(truth_ranks(probabilities, targets) > 0)
    return [
        Mistake(
            image_id=image_ids[row],
            label=labels[targets[row].argmax()],
            predicted_label=labels[predicted[row]],
            probability=float(confidence[row]),
            truth_probability=float(probabilities[row, targets[row]][0]),
        )
        for row in wrong[np.argsort(-confidence[wrong], kind="stable")]
    ]
