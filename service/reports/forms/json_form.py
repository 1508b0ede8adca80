"""A report as JSON: its whole record, with every figure in full."""

from service.reports.forms.form import Form
from service.reports.report import Report


def render_json(report: Report) -> bytes:
    """What `from_json` reads again."""
    from service.reports.record_json import to_json  # noqa: PLC0415  loads pydantic, and commands list all forms

    return to_json(report.record)


JSON = Form(
    name="json",
    media_type="application/json",
    purpose="File for all figures as JSON; - is standard output.",
    render=render_json,
)
