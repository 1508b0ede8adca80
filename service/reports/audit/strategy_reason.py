"""Explains in one sentence why a project uses a strategy from now on, after an audit."""

from ml.audit.audit import Audit, AuditedStrategy
from ml.audit.strategy_choice import Ground, StrategyChoice
from ml.statistics.interval_text import points


def strategy_reason(audit: Audit, choice: StrategyChoice) -> str:
    """Make the sentence: how the project's own strategy did beside random choice, and what follows."""
    found = f"by the audit of {audit.images} labels {_standing(audit.own)}"
    match choice.ground:
        case Ground.OWN_IS_BETTER:
            return f"{found}: the strategy stays"
        case Ground.ANOTHER_IS_BETTER:
            better = "" if choice.other is None else f", but {_standing(choice.other)}"
            return f"{found}{better}: the strategy is now {choice.strategy}"
        case Ground.OWN_IS_WORSE:
            return f"{found}, and no other strategy is shown to be better: the strategy is now random choice"
        case Ground.NONE_IS_BETTER:
            return (
                f"{found}, nor is any other strategy: half of the images to label are now drawn at random, which also "
                "makes the next audit more certain"
            )


def _standing(strategy: AuditedStrategy) -> str:
    if strategy.gain is None:
        return f"{strategy.name} is the baseline of all comparisons"
    verb = "is not shown to be better than"
    if strategy.is_better_than_random:
        verb = "is better than"
    if strategy.is_worse_than_random:
        verb = "is worse than"
    return f"{strategy.name} {verb} random choice, {points(strategy.gain)} points of accuracy"
