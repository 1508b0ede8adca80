"""Ranks a pool by a strategy: first the images that it picks, then the rest by its measure."""

from dataclasses import dataclass

import numpy as np

from ml.strategies.base import LEAST_OF_PICKED, BaseStrategy
from ml.strategies.pool import Pool
from ml.strategies.worth import most_worth_first, worth_of
from ml.types import Rows, Worth


@dataclass(frozen=True, kw_only=True, eq=False)
class RankedPool:
    """A ranked pool.

    Attributes: rows: of all images, most worth labeling first; worth: of each row of the pool, falling along `rows`;
        picked: the number of first rows that the strategy picked together; at_random: rows among them that were drawn
        from the whole pool at random, an unbiased sample of it.
    """

    rows: Rows
    worth: Worth
    picked: int
    at_random: Rows


def rank(strategy: BaseStrategy, pool: Pool, *, count: int, seed: int) -> RankedPool:
    """Rank all images of a pool; deterministic.

    Args: count: number of images that will be labeled before the next ranking; the strategy picks them together.
    """
    picking, measuring = _generators(seed)
    if strategy.picks_by_worth_alone:
        worth = worth_of(strategy.measure, pool.probabilities, mode=pool.mode, rng=measuring)
        rows = most_worth_first(worth, rng=picking)
        return _ranked(strategy, pool, rows, worth, picked=min(count, pool.size), seed=seed)
    picked = strategy.pick(pool, count, rng=picking)
    worth = strategy.worth_alone(pool.probabilities, mode=pool.mode, rng=measuring)
    rest = most_worth_first(worth, rng=measuring)
    rest = rest[~np.isin(rest, picked)]
    worth[picked] = np.linspace(1, LEAST_OF_PICKED, len(picked), endpoint=False)
    return _ranked(strategy, pool, np.concatenate([picked, rest]), worth, picked=len(picked), seed=seed)


def _ranked(strategy: BaseStrategy, pool: Pool, rows: Rows, worth: Worth, *, picked: int, seed: int) -> RankedPool:
    # A generator changes as it is used, so the random rows are found with a new one in the initial state.
    picking, _ = _generators(seed)
    at_random = strategy.drawn_at_random(pool, rows[:picked], rng=picking)
    return RankedPool(rows=rows, worth=worth, picked=picked, at_random=at_random)


def _generators(seed: int) -> tuple[np.random.Generator, np.random.Generator]:
    """Create a generator for picking, and one for measuring."""
    picking, measuring = np.random.default_rng(seed).spawn(2)
    return picking, measuring
