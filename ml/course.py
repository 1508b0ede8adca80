"""Decides by what a project goes on asking, once an audit has shown what its strategy is worth there."""

from dataclasses import dataclass

from ml.audit import Audit, AuditedStrategy
from ml.audit_verdict import is_better, points
from ml.grid import REFERENCE


@dataclass(frozen=True, kw_only=True)
class Course:
    """By which strategy to ask, by its full name, and why in one sentence."""

    strategy: str
    reason: str


def course(audit: Audit) -> Course:
    """The project's own strategy where it beats random beyond its interval, else what surely does, else random."""
    own = audit.own
    if own.gain is None or is_better(own):
        return Course(strategy=own.name, reason=f"{_of(audit)} {_standing(own)}: the course stays")
    better = [each for each in audit.strategies if is_better(each)]
    if not better:
        return Course(
            strategy=REFERENCE,
            reason=f"{_of(audit)} {_standing(own)}, nor is any other strategy: the course is "
            "random choice, which also makes the next audit fairer",
        )
    best = max(better, key=lambda each: -1.0 if each.gain is None else each.gain.low)
    return Course(
        strategy=best.name, reason=f"{_of(audit)} {_standing(own)}, but {_standing(best)}: the course is {best.name}"
    )


def _of(audit: Audit) -> str:
    return f"by the audit of {audit.images} labels"


def _standing(strategy: AuditedStrategy) -> str:
    if strategy.gain is None:
        return f"{strategy.name} is what all are compared to"
    verb = "is better than" if is_better(strategy) else "is not shown to be better than"
    return f"{strategy.name} {verb} random choice, {points(strategy.gain)} points of accuracy"
