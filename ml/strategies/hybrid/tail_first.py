"""Tail-first: picks the most uncertain image of each predicted class, classes with the fewest labels first."""

from typing import ClassVar

import numpy as np

from ml.strategies.batch_base import BatchStrategy
from ml.strategies.pool import Pool
from ml.strategies.round_robin import round_robin
from ml.strategies.worth import most_worth_first, worth_of
from ml.strategies.zero_shot_probabilities import zero_shot_class_probabilities
from ml.types import Rows


class TailFirst(BatchStrategy):
    """Round-robin over predicted classes, the one with the fewest labels first; margin orders the images of a class.

    In the spirit of arXiv 2506.01724 and 2311.11178. Before the first version texts predict the classes (zero-shot);
    without texts all images have the same class.
    """

    kind: ClassVar = "tail-first"
    uses_texts: ClassVar = True

    def choose(self, pool: Pool, count: int, *, rng: np.random.Generator) -> Rows:
        """Pick images; classes with equally many labels come in random order."""
        measuring, breaking_ties = rng.spawn(2)
        pool = zero_shot_class_probabilities(pool)
        worth = worth_of(self.measure, pool.probabilities, mode=pool.mode, rng=measuring)
        best_first = most_worth_first(worth, rng=measuring)
        fewest_first = np.lexsort((breaking_ties.random(len(pool.labels_of_class)), pool.labels_of_class))
        predicted = pool.probabilities.argmax(axis=1)[best_first]
        return best_first[round_robin(predicted, turn_of_group=np.argsort(fewest_first))][:count]
