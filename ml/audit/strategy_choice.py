"""Chooses the query strategy that a project uses next, given its audit."""

from dataclasses import dataclass
from enum import Enum, auto

from ml.audit.audit import Audit, AuditedStrategy
from ml.simulation.grid import RANDOM_BASELINE
from ml.strategies.registry import with_random_share, with_rules_of

# Share picked at random while no strategy is shown to be better: each half keeps half of its value.
HEDGED_SHARE = 0.5


class Ground(Enum):
    """Reason for the choice of a strategy: how the project's own strategy and others compare to random."""

    OWN_IS_BETTER = auto()
    ANOTHER_IS_BETTER = auto()
    OWN_IS_WORSE = auto()
    NONE_IS_BETTER = auto()


@dataclass(frozen=True, kw_only=True)
class StrategyChoice:
    """The chosen strategy by its full name, and the reason; other: the better strategy, if there is one."""

    strategy: str
    ground: Ground
    other: AuditedStrategy | None = None


def choose_strategy(audit: Audit) -> StrategyChoice:
    """Choose the project's own strategy if it is significantly better than random, else the best one that is.

    If none is, half of each pick is random: an audit of few labels misses small gains, and random images make the next
    audit more precise. If the own strategy is significantly worse than random, the whole pick is random.
    """
    own = audit.own
    if own.gain is None or own.is_better_than_random:
        return StrategyChoice(strategy=own.name, ground=Ground.OWN_IS_BETTER)
    better = [each for each in audit.strategies if each.is_better_than_random]
    if better:
        best = max(better, key=_least_gain)
        # Versions are evaluated on the random share, so another strategy keeps it.
        return StrategyChoice(strategy=with_rules_of(best.name, own.name), ground=Ground.ANOTHER_IS_BETTER, other=best)
    if own.is_worse_than_random:
        return StrategyChoice(strategy=RANDOM_BASELINE, ground=Ground.OWN_IS_WORSE)
    return StrategyChoice(strategy=with_random_share(own.name, HEDGED_SHARE), ground=Ground.NONE_IS_BETTER)


def _least_gain(strategy: AuditedStrategy) -> float:
    """Return the lower bound of the gain; 0 for random itself."""
    return 0.0 if strategy.gain is None else strategy.gain.low
