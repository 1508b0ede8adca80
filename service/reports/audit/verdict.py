"""Says in one sentence what a strategy was worth in an audit, beside labels asked for at random."""

from ml.audit.audit import Audit, AuditedStrategy
from ml.statistics.interval_text import part, points


def audit_verdict(audit: Audit) -> str:
    """Of every strategy but random, the project's own first."""
    others = [each for each in audit.strategies if each.gain is not None and each is not audit.own]
    first = [audit.own] if audit.own.gain is not None else []
    return "; ".join(strategy_verdict(each, audit) for each in first + others) or "random was compared with nothing"


def strategy_verdict(strategy: AuditedStrategy, audit: Audit) -> str:
    """Of one that is not random: labels saved, where that can be shown."""
    gain = strategy.gain
    if gain is None:
        return f"{strategy.name} is what all are compared to"
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
