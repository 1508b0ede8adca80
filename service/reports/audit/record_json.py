"""Writes and reads audits as JSON: the form in which they are stored and sent."""

from service.api.audit_record import AuditRecordView, AuditView, ChosenStrategyView
from service.reports.audit.record import AuditRecord, ChosenStrategy
from service.reports.left_out import read_left_out, show_left_out


def write_audit_json(record: AuditRecord) -> bytes:
    """Write the whole record; `read_audit_json` reads it again."""
    view = AuditRecordView(
        title=record.title,
        created_at=record.created_at,
        verdict=record.verdict,
        course=ChosenStrategyView(strategy=record.course.strategy, reason=record.course.reason),
        caveat=record.caveat,
        left_out=show_left_out(record.left_out),
        audit=AuditView.from_audit(record.audit),
    )
    return view.model_dump_json(indent=2).encode()


def read_audit_json(content: bytes) -> AuditRecord:
    """Read a record.

    Raises: ValueError: the content is not such a record.
    """
    view = AuditRecordView.model_validate_json(content)
    return AuditRecord(
        title=view.title,
        created_at=view.created_at,
        verdict=view.verdict,
        course=ChosenStrategy(strategy=view.course.strategy, reason=view.course.reason),
        caveat=view.caveat,
        left_out=read_left_out(view.left_out),
        audit=view.audit.to_audit(),
    )
