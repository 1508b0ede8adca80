"""Ranks the true class of each image among the predicted classes: top-k accuracy and the graded score."""

import numpy as np
from numpy.typing import NDArray

from ml.types import Probabilities, Targets

LARGEST_K = 10
# A true class on second place costs little if the classifier was unsure of the first, and much if it was sure.
UNSURE, NEARLY_SURE = 0.5, 0.95
SECOND_TO_UNSURE, SECOND_TO_NEARLY_SURE = 0.8, 0.6


def truth_ranks(probabilities: Probabilities, targets: Targets) -> NDArray[np.intp]:
    """Count the classes ranked before the true one; ties go to the earlier class, as in predictions.

    Returns: (images,) 0 is correct; the number of classes if the true one has probability 0: it was not predicted.
    """
    classes = probabilities.shape[1]
    of_truth = probabilities[targets][:, np.newaxis]
    earlier = np.arange(classes) < targets.argmax(axis=1)[:, np.newaxis]
    before = (probabilities > of_truth) | ((probabilities == of_truth) & earlier)
    return np.where(of_truth[:, 0] > 0, before.sum(axis=1), classes)


def top_k_accuracy(ranks: NDArray[np.intp], *, classes: int) -> tuple[float, ...]:
    """Compute top-k accuracy for k from 1 to 10, or to the number of classes if there are fewer."""
    return tuple(float((ranks < k).mean()) for k in range(1, min(classes, LARGEST_K) + 1))


def graded_scores(ranks: NDArray[np.intp], first: NDArray[np.float64]) -> NDArray[np.float64]:
    """Score images: 1 if the true class is first; if second, .8 (first below .5) or .6 (first below .95); else 0.

    One minus the loss of .2, .4 or 1 that an earlier scene classifier used; equal to accuracy if no true class is
    second.

    Args: first: (images,) the probability of each image's most probable class.
    """
    second = ranks == 1
    return np.select(
        [ranks == 0, second & (first < UNSURE), second & (first < NEARLY_SURE)],
        [1.0, SECOND_TO_UNSURE, SECOND_TO_NEARLY_SURE],
        default=0.0,
    )
