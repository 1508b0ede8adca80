"""Base class of all strategies: a strategy picks the images to label next (query strategy in active learning)."""

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
from pydantic import Field

from ml.errors import InvalidOptions, InvalidStrategyOptions
from ml.labels.label_mode import LabelMode
from ml.named_options import NamedOptions, split_name
from ml.strategies.picking_rules import PickingRules
from ml.strategies.pool import Pool
from ml.strategies.worth import UncertaintyMeasure, worth_of
from ml.types import Probabilities, Rows, Worth

# Picked images have a worth above this, all others below.
LEAST_OF_PICKED = 0.5


class BaseStrategy(NamedOptions, ABC):
    """Base class of all strategies: picks the images of a pool to label next.

    Options are frozen fields, each with a default and bounds. `name` is the kind with every option that differs from
    its default, as the function `strategy` reads it.

    Attributes:
        distinct, most_per_class, random_share: see `PickingRules`.
        uses_texts: true if it uses texts of the classes, which encoders with a text side have.
    """

    invalid: ClassVar[type[InvalidOptions]] = InvalidStrategyOptions
    uses_texts: ClassVar[bool] = False

    distinct: float = Field(default=1.0, gt=0, le=1)
    most_per_class: float = Field(default=1.0, gt=0, le=1)
    random_share: float = Field(default=0.0, ge=0, le=1)

    @property
    @abstractmethod
    def measure(self) -> UncertaintyMeasure:
        """Measure that scores the images that are not picked, and all images that are scored one by one."""

    @property
    @abstractmethod
    def picks_by_worth_alone(self) -> bool:
        """True if it always picks the images of most worth by its measure."""

    @property
    @abstractmethod
    def uses_embeddings(self) -> bool: ...

    @abstractmethod
    def choose(self, pool: Pool, count: int, *, rng: np.random.Generator) -> Rows:
        """Pick images as `pick` does, without the picking rules that all strategies share.

        Args: count: from 1 to the size of the pool.
        """

    def pick(self, pool: Pool, count: int, *, rng: np.random.Generator) -> Rows:
        """Pick `count` images to label together next, each once, the most worth labeling first; all if there are fewer.

        Every beginning of the list is a good choice of fewer images. The same pool, count and state of the generator
        give the same images.
        """
        count = min(count, pool.size)
        if count < 1:
            return np.empty(0, dtype=np.intp)
        if self.rules.all_off:
            return self.choose(pool, count, rng=rng)
        return self.rules.pick(self.choose, self.measure, pool, count, rng=rng)

    def worth_alone(self, probabilities: Probabilities, *, mode: LabelMode, rng: np.random.Generator) -> Worth:
        """Score images that were not picked: by the measure, and below all picked ones."""
        worth = worth_of(self.measure, probabilities, mode=mode, rng=rng)
        return worth if self.picks_by_worth_alone else LEAST_OF_PICKED * worth

    def drawn_at_random(self, pool: Pool, picked: Rows, *, rng: np.random.Generator) -> Rows:
        """Return the picked images that were drawn from the whole pool at random, in order of row.

        Args: picked: as returned by `pick`; rng: in the same state as it was passed to `pick`.
        """
        if self.rules.all_off:
            return picked[:0]
        return np.intersect1d(picked, self.rules.drawn_at_random(pool, len(picked), rng=rng))

    @property
    def rules(self) -> PickingRules:
        """Picking rules from its options."""
        return PickingRules(distinct=self.distinct, most_per_class=self.most_per_class, random_share=self.random_share)


def split_strategy_name(name: str) -> tuple[str, dict[str, str]]:
    """Split a strategy's name into its kind and its options as strings. Raises: InvalidStrategyOptions."""
    return split_name(name, noun="strategy", example="margin(random_share=0.1)", invalid=InvalidStrategyOptions)
