"""An audit with title, date, left-out images, verdict, and the strategy that follows from it."""

from dataclasses import dataclass
from datetime import datetime

from ml.audit.audit import Audit
from ml.audit.strategy_choice import choose_strategy
from service.reports.audit.strategy_reason import strategy_reason
from service.reports.audit.verdict import audit_verdict
from service.reports.left_out import LeftOut

# Part of every audit, because its figures do not show this.
CAVEAT = (
    "The labeled images were themselves chosen by a strategy, so they are not representative of all images: a strategy "
    "may save more or fewer labels from the first label on. Images that are asked for at random help against this."
)


@dataclass(frozen=True, kw_only=True)
class ChosenStrategy:
    """The strategy to use next, by its full name, and the reason in one sentence."""

    strategy: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class AuditRecord:
    """An audit as it is stored and sent.

    Attributes:
        verdict: what each strategy was worth, in one sentence.
        course: the strategy to use next.
        caveat: how far to trust the result.
    """

    title: str
    created_at: datetime
    verdict: str
    course: ChosenStrategy
    caveat: str
    left_out: tuple[LeftOut, ...]
    audit: Audit


def audit_record(audit: Audit, *, title: str, created_at: datetime, left_out: tuple[LeftOut, ...]) -> AuditRecord:
    """Make the record of an audit, with its sentences."""
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
