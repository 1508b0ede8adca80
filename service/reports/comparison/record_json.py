"""Writes and reads comparisons as JSON: the form in which they are stored and sent."""

from service.api.comparison_record import ComparisonRecordView, ComparisonView
from service.reports.comparison.record import ComparisonRecord
from service.reports.left_out import read_left_out, show_left_out


def write_comparison_json(record: ComparisonRecord) -> bytes:
    """Write the whole record; `read_comparison_json` reads it again."""
    view = ComparisonRecordView(
        title=record.title,
        created_at=record.created_at,
        verdict=record.verdict,
        left_out=show_left_out(record.left_out),
        comparison=ComparisonView.from_comparison(record.comparison),
    )
    return view.model_dump_json(indent=2).encode()


def read_comparison_json(content: bytes) -> ComparisonRecord:
    """Read a record.

    Raises: ValueError: the content is not such a record.
    """
    view = ComparisonRecordView.model_validate_json(content)
    return ComparisonRecord(
        title=view.title,
        created_at=view.created_at,
        verdict=view.verdict,
        left_out=read_left_out(view.left_out),
        comparison=view.comparison.to_comparison(),
    )
