"""Rules that hold for all that a strategy picks: no near duplicates, not too many of a class, a share at random."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Protocol

import numpy as np

from ml.encoder import Embeddings
from ml.pool import Pool, Rows
from ml.strategy import Measure
from ml.worth import most_worth_first, worth_of

# A strategy is asked for so many times what is wanted, since some will be held back.
ASKED_FOR_EACH_WANTED = 4
# Candidates that are compared with the labeled images at a time.
COMPARED_AT_ONCE = 512


class Choose(Protocol):
    """Picks images without any rule, as `StrategyKind.choose` does."""

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

    def pick(self, choose: Choose, measure: Measure, pool: Pool, count: int, *, rng: np.random.Generator) -> Rows:
        """So many images, as `Strategy.pick` does. Args: count: from 1 to the size of the pool."""
        drawing, choosing = rng.spawn(2)
        at_random = dict.fromkeys(self._drawn(pool, count, rng=drawing).tolist())
        candidates = (row for row in _candidates(choose, measure, pool, count, rng=choosing) if row not in at_random)
        chosen = self._let_through(candidates, pool, count - len(at_random))
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
        drawn = int(self.random_share * count + rng.random())
        return np.asarray(rng.permutation(pool.size)[: min(drawn, count)], dtype=np.intp)

    def _let_through(self, candidates: Iterator[int], pool: Pool, count: int) -> list[int]:
        passed = _Passed(
            pool=pool, distinct=self.distinct, most_of_class=max(1, int(np.ceil(self.most_per_class * count)))
        )
        held_back: list[int] = []
        while len(passed.rows) < count and (chunk := list(islice(candidates, COMPARED_AT_ONCE))):
            is_new = passed.differ_from_labeled(chunk)
            for row, new in zip(chunk, is_new, strict=True):
                if len(passed.rows) == count:
                    break
                if not (new and passed.add(row)):
                    held_back.append(row)
        return (passed.rows + held_back)[:count]


@dataclass(kw_only=True, eq=False)
class _Passed:
    """The rows that were let through so far."""

    pool: Pool
    distinct: float
    most_of_class: int
    rows: list[int] = field(default_factory=list)
    of_class: Counter[int] = field(default_factory=Counter)

    def differ_from_labeled(self, rows: list[int]) -> list[bool]:
        if self.distinct >= 1 or not len(self.pool.labeled_embeddings):
            return [True] * len(rows)
        nearest = (self.pool.embeddings[rows] @ self.pool.labeled_embeddings.T).max(axis=1)
        return list((nearest < self.distinct).tolist())

    def add(self, row: int) -> bool:
        looks_like = int(self.pool.probabilities[row].argmax()) if self.pool.probabilities.shape[1] else 0
        if self.of_class[looks_like] >= self.most_of_class or self._is_like_one_before(row):
            return False
        self.rows.append(row)
        self.of_class[looks_like] += 1
        return True

    def _is_like_one_before(self, row: int) -> bool:
        if self.distinct >= 1 or not self.rows:
            return False
        before: Embeddings = self.pool.embeddings[self.rows]
        return bool((before @ self.pool.embeddings[row]).max() >= self.distinct)


def _candidates(
    choose: Choose,
    measure: Measure,
    pool: Pool,
    count: int,
    *,
    rng: np.random.Generator,
) -> Iterator[int]:
    """The whole pool: what the strategy picks of it, then the rest by the measure."""
    choosing, measuring = rng.spawn(2)
    chosen = choose(pool, min(ASKED_FOR_EACH_WANTED * count, pool.size), rng=choosing)
    is_chosen = np.zeros(pool.size, dtype=bool)
    is_chosen[chosen] = True

    def rest() -> Iterator[int]:
        worth = worth_of(measure, pool.probabilities, multi_label=pool.multi_label, rng=measuring)
        ordered = most_worth_first(worth, rng=measuring)
        yield from ordered[~is_chosen[ordered]].tolist()

    return chain(chosen.tolist(), rest())
