"""What every strategy starts from: options with bounds, read from its name as in `margin(random_share=0.1)`."""

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
from pydantic import Field

from ml.errors import InvalidOptions, InvalidStrategyOptions
from ml.named_options import NamedOptions, split_name
from ml.pool import Pool
from ml.strategies.picking_rules import PickingRules
from ml.strategy import Measure
from ml.types import Rows


class StrategyKind(NamedOptions, ABC):
    """A `Strategy` whose options are frozen fields, each with a default and bounds.

    Attributes: distinct, most_per_class, random_share: as of `PickingRules`.
    """

    invalid: ClassVar[type[InvalidOptions]] = InvalidStrategyOptions
    uses_texts: ClassVar[bool] = False

    distinct: float = Field(default=1.0, gt=0, le=1)
    most_per_class: float = Field(default=1.0, gt=0, le=1)
    random_share: float = Field(default=0.0, ge=0, le=1)

    @property
    @abstractmethod
    def measure(self) -> Measure:
        """As `Strategy.measure`."""

    @property
    @abstractmethod
    def is_measure(self) -> bool:
        """As `Strategy.is_measure`."""

    @property
    @abstractmethod
    def uses_embeddings(self) -> bool:
        """As `Strategy.uses_embeddings`."""

    @abstractmethod
    def choose(self, pool: Pool, count: int, *, rng: np.random.Generator) -> Rows:
        """As `pick` without the rules that all strategies share. Args: count: from 1 to the size of the pool."""

    def pick(self, pool: Pool, count: int, *, rng: np.random.Generator) -> Rows:
        """As `Strategy.pick`."""
        count = min(count, pool.size)
        if count < 1:
            return np.empty(0, dtype=np.intp)
        if self.rules.let_all_through:
            return self.choose(pool, count, rng=rng)
        return self.rules.pick(self.choose, self.measure, pool, count, rng=rng)

    def drawn_at_random(self, pool: Pool, picked: Rows, *, rng: np.random.Generator) -> Rows:
        """As `Strategy.drawn_at_random`."""
        if self.rules.let_all_through:
            return picked[:0]
        return np.intersect1d(picked, self.rules.drawn_at_random(pool, len(picked), rng=rng))

    @property
    def rules(self) -> PickingRules:
        """What holds for all that it picks."""
        return PickingRules(distinct=self.distinct, most_per_class=self.most_per_class, random_share=self.random_share)


def split_strategy_name(name: str) -> tuple[str, dict[str, str]]:
    """The kind of strategy, and its options as texts. Raises: InvalidStrategyOptions."""
    return split_name(name, noun="strategy", example="margin(random_share=0.1)", invalid=InvalidStrategyOptions)
