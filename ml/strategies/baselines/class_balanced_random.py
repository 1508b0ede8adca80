"""Class-balanced random: at random, but as many of each class as can be told, those with fewest labels first."""

from typing import ClassVar

import numpy as np

from ml.strategies.baselines.random_order import RandomOrder
from ml.strategies.batch_base import BatchStrategy
from ml.strategies.pool import Pool
from ml.strategies.round_robin import places_in_groups
from ml.strategies.worth import UncertaintyMeasure
from ml.strategies.zero_shot_probabilities import zero_shot_class_probabilities
from ml.types import Rows


class ClassBalancedRandom(BatchStrategy):
    """Each time from the class with fewest labels, at random among the images that look like it.

    What was chosen counts as a label of the class that it looks like: the one that the version says, texts before the
    first version, and without texts all images look alike.
    """

    kind: ClassVar = "class-balanced-random"
    uses_texts: ClassVar = True

    @property
    def measure(self) -> UncertaintyMeasure:
        """Random, since the choice within a class is."""
        return RandomOrder()

    def choose(self, pool: Pool, count: int, *, rng: np.random.Generator) -> Rows:
        """Classes with equally many labels come in random order."""
        shuffled = rng.permutation(pool.size)
        looks_like = zero_shot_class_probabilities(pool).probabilities[shuffled].argmax(axis=1)
        labels_when_chosen = pool.labels_of_class[looks_like] + places_in_groups(looks_like)
        return shuffled[np.argsort(labels_when_chosen, kind="stable")][:count]
