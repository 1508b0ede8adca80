"""Reads parts of a report."""

from typing import TypeVar

from service.reports.report import Report, Table

Kind = TypeVar("Kind")


def blocks(report: Report, kind: type[Kind]) -> list[Kind]:
    """Return the blocks of a kind, from all sections, in order."""
    return [block for section in report.sections for block in section.blocks if isinstance(block, kind)]


def column(table: Table, heading: str) -> list[str]:
    """Return the cells below a heading."""
    (place,) = [place for place, each in enumerate(table.columns) if each.heading == heading]
    return [row.cells[place] for row in table.rows]
