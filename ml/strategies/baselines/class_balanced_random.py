"""Class-balanced random: picks at random within predicted classes, those with the fewest labels first."""

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
    """Picks from the class with the fewest labels, at random among the images predicted to be of it, and so on.

    A picked image counts as a label of its predicted class. The current version predicts it; before the first version
    texts do (zero-shot), and without texts all images have the same class.
    """

    kind: ClassVar = "class-balanced-random"
    uses_texts: ClassVar = True

    @property
    def measure(self) -> UncertaintyMeasure:
        """Random, as is the choice within a class."""
        return RandomOrder()

    def choose(self, pool: Pool, count: int, *, rng: np.random.Generator) -> Rows:
        """Pick images; classes with equally many labels come in random order."""
        shuffled = rng.permutation(pool.size)
        predicted = zero_shot_class_probabilities(pool).probabilities[shuffled].argmax(axis=1)
        labels_when_picked = pool.labels_of_class[predicted] + places_in_groups(predicted)
        return shuffled[np.argsort(labels_when_picked, kind="stable")][:count]
