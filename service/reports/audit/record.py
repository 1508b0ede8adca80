"""An audit with what its readers ask: of what, when, what was left out, what it comes to, and what follows."""

from dataclasses import dataclass
from datetime import datetime

from ml.audit.audit import Audit
from ml.audit.strategy_choice import choose_strategy
from service.reports.audit.strategy_reason import strategy_reason
from service.reports.audit.verdict import audit_verdict
from service.reports.left_out import LeftOut

# Belongs to every audit, for nobody can tell from its figures.
CAVEAT = (
    "The labeled images were themselves asked for by a strategy, so that they are not like all images: what any "
    "strategy would have saved from the first label on may be more or less. Images asked for at random are the cure."
)


@dataclass(frozen=True, kw_only=True)
class ChosenStrategy:
    """By which strategy to ask, by its full name, and why in one sentence."""

    strategy: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class AuditRecord:
    """An audit as it is stored and sent.

    verdict: what each strategy was worth, in one sentence; course: by what to go on asking; caveat: how far to trust
        that.
    """

    title: str
    created_at: datetime
    verdict: str
    course: ChosenStrategy
    caveat: str
    left_out: tuple[LeftOut, ...]
    audit: Audit


def audit_record(audit: Audit, *, title: str, created_at: datetime, left_out: tuple[LeftOut, ...]) -> AuditRecord:
    """The audit with its sentences."""
    choice = choose_strategy(audit)
    return AuditRecord(
        title=title,
        created_at=created_at,
        verdict=audit_verdict(audit),
        course=ChosenStrategy(strategy=choice.strategy, reason=strategy_reason(audit, choice)),
        caveat=CAVEAT,
        left_out=left_out,
        audit=audit,
    )
