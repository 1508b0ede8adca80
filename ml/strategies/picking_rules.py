"""Applies rules to the picks of any strategy: no near duplicates, not too many per class, a random share."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol

import numpy as np

from ml.strategies.pool import Pool
from ml.strategies.worth import UncertaintyMeasure, most_worth_first, worth_of
from ml.types import Embeddings, Rows

# If rules hold some picks back, the strategy chooses this many times as many images.
CHOSEN_FOR_EACH_WANTED = 4
# Number of candidates compared at a time with the labeled images and the picks so far.
CANDIDATES_AT_ONCE = 512


class Choose(Protocol):
    """Chooses images without any rule, as `BaseStrategy.choose` does."""

    def __call__(self, pool: Pool, count: int, *, rng: np.random.Generator) -> Rows: ...


@dataclass(frozen=True, kw_only=True)
class PickingRules:
    """Rules for the picks of a strategy; images that a rule holds back are picked if no others are left.

    Attributes:
        distinct: every picked image has a cosine below this to each other picked and labeled image; 1 switches it off.
        most_per_class: largest share of the picks that may be predicted as the same class; 1 switches it off.
        random_share: share of the picks that is drawn from the whole pool at random, regardless of the other rules: an
            unbiased sample for evaluation.
    """

    distinct: float = 1.0
    most_per_class: float = 1.0
    random_share: float = 0.0

    @property
    def all_off(self) -> bool:
        """True if all rules are switched off."""
        return self == PickingRules()

    @property
    def hold_nothing_back(self) -> bool:
        """True if every image that a strategy chooses is picked, apart from the random share."""
        return self.distinct >= 1 and self.most_per_class >= 1

    @property
    def use_embeddings(self) -> bool:
        """True if a rule needs embeddings."""
        return self.distinct < 1

    def pick(
        self, choose: Choose, measure: UncertaintyMeasure, pool: Pool, count: int, *, rng: np.random.Generator
    ) -> Rows:
        """Pick images as `BaseStrategy.pick` does. Args: count: from 1 to the size of the pool."""
        drawing, choosing = rng.spawn(2)
        at_random = dict.fromkeys(self._drawn(pool, count, rng=drawing).tolist())
        wanted = count - len(at_random)
        candidates = (row for row in _candidates(choose, measure, pool, wanted, rng=choosing) if row not in at_random)
        chosen = self._apply(candidates, pool, wanted) if wanted else []
        is_drawn = drawing.permutation(np.arange(count) < len(at_random))
        picked = np.empty(count, dtype=np.intp)
        picked[is_drawn], picked[~is_drawn] = list(at_random), chosen
        return picked

    def drawn_at_random(self, pool: Pool, count: int, *, rng: np.random.Generator) -> Rows:
        """Return the rows that `pick` draws from the whole pool with a generator in the same state."""
        drawing, _ = rng.spawn(2)
        return self._drawn(pool, count, rng=drawing)

    def _drawn(self, pool: Pool, count: int, *, rng: np.random.Generator) -> Rows:
        """Draw the random share, in order; a fraction of an image is one image with that probability."""
        shuffled = rng.permutation(pool.size)
        # Drawn last, because the state of the generator then depends on the size of the pool. A project keeps its seed:
        # drawn first, this number would be the same in all its rankings, and a fraction would always round the same.
        drawn = int(self.random_share * count + rng.random())
        return np.asarray(shuffled[: min(drawn, count)], dtype=np.intp)

    def _apply(self, candidates: Iterator[int], pool: Pool, count: int) -> list[int]:
        passed = _Selection(
            pool=pool, distinct=self.distinct, most_of_class=max(1, int(np.ceil(self.most_per_class * count)))
        )
        held_back: list[int] = []
        for chunk in _chunks(candidates, first=count):
            is_new = passed.differ_from_all(chunk)
            for row, new in zip(chunk, is_new, strict=True):
                if len(passed.rows) < count and not (new and passed.add(row)):
                    held_back.append(row)
            if len(passed.rows) == count:
                break
        return (passed.rows + held_back)[:count]


def _chunks(candidates: Iterator[int], *, first: int) -> Iterator[list[int]]:
    """Yield the first candidates, then the others, in chunks: a strategy needs time to choose more than the first."""
    for source in (islice(candidates, first), candidates):
        while chunk := list(islice(source, CANDIDATES_AT_ONCE)):
            yield chunk


@dataclass(kw_only=True, eq=False)
class _Selection:
    """The rows picked so far; compared: how many of them `differ_from_all` has compared with."""

    pool: Pool
    distinct: float
    most_of_class: int
    rows: list[int] = field(default_factory=list)
    compared: int = 0
    of_class: Counter[int] = field(default_factory=Counter)

    def differ_from_all(self, rows: list[int]) -> list[bool]:
        """Check for each row that it differs from all labeled images and all rows picked so far."""
        if self.distinct >= 1:
            return [True] * len(rows)
        self.compared = len(self.rows)
        embeddings = self.pool.embeddings[rows]
        is_new = np.ones(len(rows), dtype=bool)
        for known in (self.pool.labeled_embeddings, self.pool.embeddings[self.rows]):
            if len(known):
                is_new &= (embeddings @ known.T).max(axis=1) < self.distinct
        return list(is_new.tolist())

    def add(self, row: int) -> bool:
        """Pick this row unless a rule holds it back; returns whether it was picked.

        Args: row: differs from all rows that `differ_from_all` has compared with.
        """
        predicted = int(self.pool.probabilities[row].argmax()) if self.pool.probabilities.shape[1] else 0
        if self.of_class[predicted] >= self.most_of_class or self._is_like_a_new_one(row):
            return False
        self.rows.append(row)
        self.of_class[predicted] += 1
        return True

    def _is_like_a_new_one(self, row: int) -> bool:
        new = self.rows[self.compared :]
        if self.distinct >= 1 or not new:
            return False
        before: Embeddings = self.pool.embeddings[new]
        return bool((before @ self.pool.embeddings[row]).max() >= self.distinct)


def _candidates(
    choose: Choose, measure: UncertaintyMeasure, pool: Pool, wanted: int, *, rng: np.random.Generator
) -> Iterator[int]:
    """Yield the whole pool, each row once: first what the strategy chooses, then the rest by the measure.

    Strategies fit clusters and shortlists to the number of images to choose, so a larger number is only used if some
    images are held back.
    """
    choosing, measuring = rng.spawn(2)
    is_new = np.ones(pool.size, dtype=bool)

    def new(rows: Rows) -> Iterator[int]:
        found = rows[is_new[rows]]
        is_new[found] = False
        yield from found.tolist()

    for number in (wanted, CHOSEN_FOR_EACH_WANTED * wanted):
        yield from new(choose(pool, min(number, pool.size), rng=choosing))
    worth = worth_of(measure, pool.probabilities, mode=pool.mode, rng=measuring)
    yield from new(most_worth_first(worth, rng=measuring))
