"""Where the true class stands among the answers to an image: first, second, or nowhere."""

import numpy as np
from numpy.typing import NDArray

from ml.types import Probabilities, Targets

MOST_ANSWERS = 10
# A true class that comes second costs little when the first one was not sure, much when it was.
UNSURE, NEARLY_SURE = 0.5, 0.95
SECOND_TO_UNSURE, SECOND_TO_NEARLY_SURE = 0.8, 0.6


def truth_ranks(probabilities: Probabilities, targets: Targets) -> NDArray[np.intp]:
    """How many classes come before the true one; of equally probable classes the earlier comes first, as in an answer.

    Returns: (images,) 0 is right; the number of classes where the true one has probability 0, for it is no answer.
    """
    classes = probabilities.shape[1]
    of_truth = probabilities[targets][:, np.newaxis]
    earlier = np.arange(classes) < targets.argmax(axis=1)[:, np.newaxis]
    before = (probabilities > of_truth) | ((probabilities == of_truth) & earlier)
    return np.where(of_truth[:, 0] > 0, before.sum(axis=1), classes)


def top_k_accuracy(ranks: NDArray[np.intp], *, classes: int) -> tuple[float, ...]:
    """The share of images whose true class is among the k most probable, for k from 1 to 10 or to all classes."""
    return tuple(float((ranks < k).mean()) for k in range(1, min(classes, MOST_ANSWERS) + 1))


def graded_scores(ranks: NDArray[np.intp], first: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 where the true class comes first; where it is second .8 if the first is under .5 and .6 if under .95; else 0.

    One minus the loss of .2, .4 or 1 by which an earlier scene classifier judged; equal to accuracy where no true class
    is second.

    Args: first: (images,) the probability of each image's most probable class.
    """
    second = ranks == 1
    return np.select(
        [ranks == 0, second & (first < UNSURE), second & (first < NEARLY_SURE)],
        [1.0, SECOND_TO_UNSURE, SECOND_TO_NEARLY_SURE],
        default=0.0,
    )
