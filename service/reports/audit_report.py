"""An audit with what its readers ask: of what, when, what was left out, what it comes to, and what follows."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter

from ml.audit import Audit
from ml.audit_verdict import audit_verdict
from ml.course import Course, course
from service.reports.comparison_report import LeftOut

# Belongs to every audit, for nobody can tell from its figures.
CAVEAT = (
    "The labeled images were themselves asked for by a strategy, so that they are not like all images: what any "
    "strategy would have saved from the first label on may be more or less. Images asked for at random are the cure."
)


@dataclass(frozen=True, kw_only=True)
class AuditReport:
    """What is stored, sent and printed.

    verdict: what each strategy was worth, in one sentence; course: by what to go on asking; caveat: how far to trust
        that.
    """

    title: str
    created_at: datetime
    verdict: str
    course: Course
    caveat: str
    left_out: tuple[LeftOut, ...]
    audit: Audit


_REPORT: TypeAdapter[AuditReport] = TypeAdapter(AuditReport)


def report_of(audit: Audit, *, title: str, created_at: datetime, left_out: tuple[LeftOut, ...]) -> AuditReport:
    """The audit with its sentences."""
    return AuditReport(
        title=title,
        created_at=created_at,
        verdict=audit_verdict(audit),
        course=course(audit),
        caveat=CAVEAT,
        left_out=left_out,
        audit=audit,
    )


def audit_to_json(report: AuditReport) -> bytes:
    """The whole report as JSON, which `audit_from_json` reads again."""
    return _REPORT.dump_json(report, indent=2)


def audit_from_json(content: bytes) -> AuditReport:
    """Raises: ValueError: not such a report."""
    return _REPORT.validate_json(content)
