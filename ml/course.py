"""Decides by what a project goes on asking, once an audit has shown what its strategy is worth there."""

from dataclasses import dataclass

from ml.audit import Audit, AuditedStrategy
from ml.audit_verdict import is_better, points
from ml.grid import REFERENCE
from ml.strategies.registry import with_random_share, with_rules_of

# Asked at random while nothing is shown to be better: each half keeps half of what it is worth.
HEDGED_SHARE = 0.5


@dataclass(frozen=True, kw_only=True)
class Course:
    """By which strategy to ask, by its full name, and why in one sentence."""

    strategy: str
    reason: str


def course(audit: Audit) -> Course:
    """The project's own strategy where it beats random beyond its interval, else what surely does.

    Where nothing does, half of what is asked comes at random: an audit of few labels overlooks small gains, and random
    images make the next one surer. All of it where the own strategy is surely worse.
    """
    own = audit.own
    said = f"by the audit of {audit.images} labels {_standing(own)}"
    if own.gain is None or is_better(own):
        return Course(strategy=own.name, reason=f"{said}: the course stays")
    better = [each for each in audit.strategies if is_better(each)]
    if better:
        best = max(better, key=_least_gain)
        # A share at random is what versions are judged by: it is not given up for being asked of another strategy.
        name = with_rules_of(best.name, own.name)
        return Course(strategy=name, reason=f"{said}, but {_standing(best)}: the course is {name}")
    if own.gain.high < 0:
        return Course(strategy=REFERENCE, reason=f"{said}, and so is no other strategy: the course is random choice")
    return Course(
        strategy=with_random_share(own.name, HEDGED_SHARE),
        reason=f"{said}, nor is any other strategy: half of what is asked now comes at random, which also makes the "
        "next audit surer",
    )


def _least_gain(strategy: AuditedStrategy) -> float:
    """The lower end of what it gains; random gains nothing on itself."""
    return 0.0 if strategy.gain is None else strategy.gain.low


def _standing(strategy: AuditedStrategy) -> str:
    if strategy.gain is None:
        return f"{strategy.name} is what all are compared to"
    verb = "is better than" if is_better(strategy) else "is not shown to be better than"
    if strategy.gain.high < 0:
        verb = "is worse than"
    return f"{strategy.name} {verb} random choice, {points(strategy.gain)} points of accuracy"
