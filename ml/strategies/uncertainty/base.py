"""Base class of strategies that score each image on its own, from its class probabilities (uncertainty sampling)."""

from abc import abstractmethod

import numpy as np
from numpy.typing import NDArray

from ml.strategies.base import BaseStrategy
from ml.strategies.pool import Pool
from ml.strategies.worth import UncertaintyMeasure, most_worth_first, worth_of
from ml.types import Probabilities, Rows, Worth


class UncertaintyStrategy(BaseStrategy):
    """A strategy that is its own `UncertaintyMeasure`: it picks the images of most worth."""

    @abstractmethod
    def worth(self, probabilities: Probabilities, *, rng: np.random.Generator) -> Worth:
        """Score each image; worth is the acquisition score (utility) in active learning."""

    @abstractmethod
    def reason(self, probabilities: NDArray[np.float64], labels: tuple[str, ...]) -> str:
        """Explain in one sentence the worth of an image with these class probabilities (classes,)."""

    @property
    def measure(self) -> UncertaintyMeasure:
        """The strategy itself."""
        return self

    @property
    def picks_by_worth_alone(self) -> bool:
        """True unless a picking rule is set."""
        return self.rules.all_off

    @property
    def uses_embeddings(self) -> bool:
        """True if the rule `distinct` is set."""
        return self.rules.use_embeddings

    def choose(self, pool: Pool, count: int, *, rng: np.random.Generator) -> Rows:
        """Pick the images of most worth."""
        measuring, breaking_ties = rng.spawn(2)
        worth = worth_of(self, pool.probabilities, mode=pool.mode, rng=measuring)
        return most_worth_first(worth, rng=breaking_ties)[:count]
