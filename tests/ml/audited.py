"""Audits written by hand, with the gains that a test needs."""

from ml.audit.audit import Audit, AuditedStrategy, Savings
from ml.audit.stop_advice import StopAdvice
from ml.simulation.learning_curves import CurvePoint
from ml.statistics.intervals import ConfidenceInterval


def around(estimate: float, reach: float = 0.01) -> ConfidenceInterval:
    return ConfidenceInterval(low=estimate - reach, estimate=estimate, high=estimate + reach)


def audited(
    name: str, gain: float | None, *, reach: float = 0.01, saved: ConfidenceInterval | None = None
) -> AuditedStrategy:
    """Make the result of a strategy. Args: gain: over random, None for random itself; reach: of its interval."""
    return AuditedStrategy(
        name=name,
        curve=tuple(CurvePoint(labels=labels, interval=around(0.5 + labels / 500)) for labels in (10.0, 50.0, 200.0)),
        area=around(0.8),
        gain=None if gain is None else around(gain, reach),
        savings=tuple(
            Savings(share_of_budget=share, accuracy=0.85, labels=120.0, random_labels=150.0, saved=saved)
            for share in (0.8, 1.0)
        ),
        seconds_per_query=0.01,
    )


def an_audit(*others: AuditedStrategy, strategy: str = "margin") -> Audit:
    """Make an audit. Args: others: results besides random, which is added; strategy: the project's own."""
    return Audit(
        labels=300,
        images=300,
        classes=3,
        tested=90,
        start=3,
        budget=207,
        encoder="lite",
        head="linear",
        runs=10,
        seed=0,
        strategy=strategy,
        strategies=(audited("random", None), *others),
        stop=StopAdvice(
            labels=300, next_labels=100, gain=around(0.02), flattened=False, sentence="keep labeling: it still grows"
        ),
    )
