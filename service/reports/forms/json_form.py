"""Renders a report as JSON: its whole record, with every figure in full."""

from service.reports.forms.form import Form
from service.reports.report import Report


def render_json(report: Report) -> bytes:
    """Write the record that the report was made of."""
    return report.write_json()


JSON = Form(
    name="json",
    media_type="application/json",
    purpose="File for all figures as JSON; - is standard output.",
    render=render_json,
)
