"""Uncertainty herding: picks images that many uncertain ones are similar to; made for few labels and for many."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ml.geometry.distances import SquaredDistances
from ml.strategies.diversity.max_herding import MaxHerding
from ml.strategies.pool import Pool
from ml.strategies.worth import worth_of


class UncertaintyHerding(MaxHerding):
    """Max-herding with each image weighted by its margin worth; plain max-herding before the first version.

    The kernel narrows with more labels, so that uncertainty alone decides more and more: its squared width is that of
    max-herding divided by the root of 1 + the labels per class. The source uses the least distance between labeled
    images, which is 0 as soon as two of them are near duplicates; their median spacing was as good on digits, and worse
    with few labels on scenes.
    Source: Bae et al. 2025, "Uncertainty herding: one active learning method for all label budgets".
    """

    kind: ClassVar = "uncertainty-herding"

    def squared_radius(self, pool: Pool, squared: SquaredDistances, *, rng: np.random.Generator) -> float:
        if pool.classify is None:
            return super().squared_radius(pool, squared, rng=rng)
        labels_a_class = len(pool.labeled_targets) / max(pool.labeled_targets.shape[1], 1)
        return super().squared_radius(pool, squared, rng=rng) / float(np.sqrt(1 + labels_a_class))

    def weights(self, pool: Pool, *, rng: np.random.Generator) -> NDArray[np.float32]:
        worth = worth_of(self.measure, pool.probabilities, mode=pool.mode, rng=rng)
        # If no image is uncertain, all weigh the same.
        return worth.astype(np.float32) if worth.any() else super().weights(pool, rng=rng)
