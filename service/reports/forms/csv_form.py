"""Renders a report as CSV: its figures, numbers in full."""

import csv
import io

from service.reports.forms.form import Form
from service.reports.report import Report
from service.reports.spreadsheet_cells import harmless


def render_csv(report: Report) -> bytes:
    """Render the figures; a cell is empty if its line does not have this figure."""
    text = io.StringIO()
    writer = csv.DictWriter(text, _columns(report))
    writer.writeheader()
    writer.writerows({column: harmless(figure) for column, figure in line.items()} for line in report.figures)
    return text.getvalue().encode()


def _columns(report: Report) -> list[str]:
    """Return the columns of all lines, in the order of the line that has most."""
    lines = sorted(report.figures, key=len, reverse=True)
    return list(dict.fromkeys(column for line in lines for column in line))


CSV = Form(name="csv", media_type="text/csv", purpose="File for the figures as CSV.", render=render_csv)
