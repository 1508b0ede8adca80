"""Rules that hold for all that a strategy picks: no near duplicates, not too many of a class, a share at random."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol

import numpy as np

from ml.strategies.pool import Pool
from ml.strategies.worth import UncertaintyMeasure, most_worth_first, worth_of
from ml.types import Embeddings, Rows

# A strategy is asked for so many times what is wanted where some of that is held back.
CHOSEN_FOR_EACH_WANTED = 4
# Candidates that are compared with the labeled images, and with those let through before, at a time.
CANDIDATES_AT_ONCE = 512


class Choose(Protocol):
    """Picks images without any rule, as `BaseStrategy.choose` does."""

    def __call__(self, pool: Pool, count: int, *, rng: np.random.Generator) -> Rows: ...


@dataclass(frozen=True, kw_only=True)
class PickingRules:
    """What holds for all that a strategy picks. What a rule holds back is picked when nothing else is left.

    Attributes:
        distinct: no two picked images, and none and a labeled one, have a cosine of this or more; 1 lets all through.
        most_per_class: the share of the picked that may look like one class; 1 lets all through.
        random_share: the share of the picked that is drawn from the whole pool at random, whatever the other rules
            say: an unbiased sample to evaluate by.
    """

    distinct: float = 1.0
    most_per_class: float = 1.0
    random_share: float = 0.0

    @property
    def let_all_through(self) -> bool:
        """Whether they change nothing."""
        return self == PickingRules()

    @property
    def hold_nothing_back(self) -> bool:
        """Whether all that a strategy picks is let through, beside what is drawn at random."""
        return self.distinct >= 1 and self.most_per_class >= 1

    @property
    def use_embeddings(self) -> bool:
        """Whether they look at embeddings."""
        return self.distinct < 1

    def pick(
        self, choose: Choose, measure: UncertaintyMeasure, pool: Pool, count: int, *, rng: np.random.Generator
    ) -> Rows:
        """So many images, as `BaseStrategy.pick` does. Args: count: from 1 to the size of the pool."""
        drawing, choosing = rng.spawn(2)
        at_random = dict.fromkeys(self._drawn(pool, count, rng=drawing).tolist())
        wanted = count - len(at_random)
        candidates = (row for row in _candidates(choose, measure, pool, wanted, rng=choosing) if row not in at_random)
        chosen = self._let_through(candidates, pool, wanted) if wanted else []
        is_drawn = drawing.permutation(np.arange(count) < len(at_random))
        picked = np.empty(count, dtype=np.intp)
        picked[is_drawn], picked[~is_drawn] = list(at_random), chosen
        return picked

    def drawn_at_random(self, pool: Pool, count: int, *, rng: np.random.Generator) -> Rows:
        """The rows that `pick` draws from the whole pool with a generator in the same state."""
        drawing, _ = rng.spawn(2)
        return self._drawn(pool, count, rng=drawing)

    def _drawn(self, pool: Pool, count: int, *, rng: np.random.Generator) -> Rows:
        """Rows drawn at random, in order; a share of an image is one as often."""
        shuffled = rng.permutation(pool.size)
        # Last, for how far the generator has come by now depends on the size of the pool. A project keeps its seed:
        # drawn first, this would be the same in all its rankings, and a share of an image would be one never or always.
        drawn = int(self.random_share * count + rng.random())
        return np.asarray(shuffled[: min(drawn, count)], dtype=np.intp)

    def _let_through(self, candidates: Iterator[int], pool: Pool, count: int) -> list[int]:
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
    """No more than so many first, in one chunk or several: a strategy takes time to give others."""
    for source in (islice(candidates, first), candidates):
        while chunk := list(islice(source, CANDIDATES_AT_ONCE)):
            yield chunk


@dataclass(kw_only=True, eq=False)
class _Selection:
    """The rows that were let through so far. compared: how many of them `differ_from_all` has seen."""

    pool: Pool
    distinct: float
    most_of_class: int
    rows: list[int] = field(default_factory=list)
    compared: int = 0
    of_class: Counter[int] = field(default_factory=Counter)

    def differ_from_all(self, rows: list[int]) -> list[bool]:
        """Whether each row differs from all labeled images and from all let through before."""
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
        """Whether this row is let through; it differs from all that are compared."""
        looks_like = int(self.pool.probabilities[row].argmax()) if self.pool.probabilities.shape[1] else 0
        if self.of_class[looks_like] >= self.most_of_class or self._is_like_a_new_one(row):
            return False
        self.rows.append(row)
        self.of_class[looks_like] += 1
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
    """The whole pool, each row once: what the strategy picks of it, then the rest by the measure.

    Clusters and shortlists are made for the number that is asked for, so more are asked for only where some are passed
    over.
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
