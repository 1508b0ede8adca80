"""Tail-first: classes with few labels get theirs before others get more, by the most doubtful image of each class."""

from typing import ClassVar

import numpy as np

from ml.strategies.batch_base import BatchStrategy
from ml.strategies.pool import Pool
from ml.strategies.round_robin import round_robin
from ml.strategies.worth import most_worth_first, worth_of
from ml.strategies.zero_shot_probabilities import zero_shot_class_probabilities
from ml.types import Rows


class TailFirst(BatchStrategy):
    """Classes take turns from the one with fewest labels on; each gives the images that look like it, by margin.

    In the spirit of arXiv 2506.01724 and 2311.11178. Before the first version texts say what images look like; without
    texts all look alike.
    """

    kind: ClassVar = "tail-first"
    uses_texts: ClassVar = True

    def choose(self, pool: Pool, count: int, *, rng: np.random.Generator) -> Rows:
        """Classes with equally many labels come in random order."""
        measuring, breaking_ties = rng.spawn(2)
        seen = zero_shot_class_probabilities(pool)
        worth = worth_of(self.measure, seen.probabilities, mode=pool.mode, rng=measuring)
        best_first = most_worth_first(worth, rng=measuring)
        fewest_first = np.lexsort((breaking_ties.random(len(pool.labels_of_class)), pool.labels_of_class))
        looks_like = seen.probabilities.argmax(axis=1)[best_first]
        return best_first[round_robin(looks_like, turn_of_group=np.argsort(fewest_first))][:count]
