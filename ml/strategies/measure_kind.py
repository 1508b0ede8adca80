"""What strategies start from that judge each image alone, from its class probabilities."""

from abc import abstractmethod

import numpy as np
from numpy.typing import NDArray

from ml.pool import Pool
from ml.strategies.options import StrategyKind
from ml.strategy import Measure
from ml.types import Probabilities, Rows, Worth
from ml.worth import most_worth_first, worth_of


class MeasureKind(StrategyKind):
    """A strategy that is its own measure."""

    @abstractmethod
    def worth(self, probabilities: Probabilities, *, rng: np.random.Generator) -> Worth:
        """As `Measure.worth`."""

    @abstractmethod
    def reason(self, probabilities: NDArray[np.float64], labels: tuple[str, ...]) -> str:
        """As `Measure.reason`."""

    @property
    def measure(self) -> Measure:
        """Itself."""
        return self

    @property
    def is_measure(self) -> bool:
        """Unless a rule holds images back."""
        return self.rules.let_all_through

    @property
    def uses_embeddings(self) -> bool:
        """To tell whether two images are distinct."""
        return self.rules.use_embeddings

    def choose(self, pool: Pool, count: int, *, rng: np.random.Generator) -> Rows:
        """Those of most worth."""
        measuring, breaking_ties = rng.spawn(2)
        worth = worth_of(self, pool.probabilities, multi_label=pool.multi_label, rng=measuring)
        return most_worth_first(worth, rng=breaking_ties)[:count]
