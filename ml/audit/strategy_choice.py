"""Chooses the query strategy that a project uses next, given its audit."""

from dataclasses import dataclass
from enum import Enum, auto

from ml.audit.audit import Audit, AuditedStrategy
from ml.simulation.grid import RANDOM_BASELINE
from ml.strategies.registry import with_random_share, with_rules_of

# Asked at random while nothing is shown to be better: each half keeps half of what it is worth.
HEDGED_SHARE = 0.5


class Ground(Enum):
    """Why a strategy was chosen: how the project's own one did beside random choice, and the others."""

    OWN_IS_BETTER = auto()
    ANOTHER_IS_BETTER = auto()
    OWN_IS_WORSE = auto()
    NONE_IS_BETTER = auto()


@dataclass(frozen=True, kw_only=True)
class StrategyChoice:
    """By which strategy to ask, by its full name, and on what ground; other: the better one."""

    strategy: str
    ground: Ground
    other: AuditedStrategy | None = None


def choose_strategy(audit: Audit) -> StrategyChoice:
    """Choose the project's own strategy where it beats random beyond its interval, else what surely does.

    Where nothing does, half of what is asked comes at random: an audit of few labels overlooks small gains, and random
    images make the next one surer. All of it where the own strategy is surely worse.
    """
    own = audit.own
    if own.gain is None or own.is_better_than_random:
        return StrategyChoice(strategy=own.name, ground=Ground.OWN_IS_BETTER)
    better = [each for each in audit.strategies if each.is_better_than_random]
    if better:
        best = max(better, key=_least_gain)
        # A share at random is what versions are judged by: it is not given up for being asked of another strategy.
        return StrategyChoice(strategy=with_rules_of(best.name, own.name), ground=Ground.ANOTHER_IS_BETTER, other=best)
    if own.is_worse_than_random:
        return StrategyChoice(strategy=RANDOM_BASELINE, ground=Ground.OWN_IS_WORSE)
    return StrategyChoice(strategy=with_random_share(own.name, HEDGED_SHARE), ground=Ground.NONE_IS_BETTER)


def _least_gain(strategy: AuditedStrategy) -> float:
    """The lower end of what it gains; random gains nothing on itself."""
    return 0.0 if strategy.gain is None else strategy.gain.low
