"""Says in one sentence what each strategy was worth in an audit, compared to random choice."""

from ml.audit.audit import Audit, AuditedStrategy
from ml.statistics.interval_text import part, points


def audit_verdict(audit: Audit) -> str:
    """Make the verdict on every strategy but random, the project's own first."""
    others = [each for each in audit.strategies if each.gain is not None and each is not audit.own]
    first = [audit.own] if audit.own.gain is not None else []
    return "; ".join(strategy_verdict(each, audit) for each in first + others) or "random was the only strategy"


def strategy_verdict(strategy: AuditedStrategy, audit: Audit) -> str:
    """Make the verdict on one strategy: the labels it saved, if that can be shown."""
    gain = strategy.gain
    if gain is None:
        return f"{strategy.name} is the baseline of all comparisons"
    if gain.high < 0:
        return (
            f"{strategy.name} was worse than random choice on these {audit.images} labels: "
            f"{points(gain)} points of accuracy on the way"
        )
    if not strategy.is_better_than_random:
        return (
            f"{strategy.name}: no difference to random choice can be shown on these {audit.images} labels "
            f"({points(gain)} points of accuracy on the way)"
        )
    savings = strategy.savings[0]
    if savings.saved is not None and savings.saved.low > 0:
        return (
            f"{strategy.name} saved {part(savings.saved)} of the labels that random choice would have needed "
            f"for {100 * savings.accuracy:.0f} % accuracy"
        )
    return (
        f"{strategy.name} was more accurate than random choice on the way, by {points(gain)} points; "
        "how many labels that saves cannot be shown"
    )
