"""Prints a report to a terminal: its tables, its brief notes, and the verdict last, where it is seen."""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table as TerminalTable

from service.cli.terminal import printable
from service.reports.report import Block, Bullets, Note, Report, Row, Table

MOST_LEFT_OUT_SHOWN = 10


def show_report(console: Console, report: Report, *, places: Sequence[str] = ()) -> None:
    """Print a report.

    Args: places: sentences that name where more of it is.
    """
    _say(console, f"{report.title}, {report.subject}: {', '.join(report.facts)}")
    for section in report.sections:
        for block in section.blocks:
            _show(console, block, section.heading)
    for sentence in (*_left_out(report), *places, *reversed((*report.verdicts, *report.remarks))):
        _say(console, sentence)


def _show(console: Console, block: Block, heading: str) -> None:
    match block:
        case Table() if block.rows:
            console.print(_table(block, heading))
        case Note(is_brief=True):
            _say(console, block.text)
        case Bullets(label=str()):
            for item in block.items:
                _say(console, f"{block.label}: {item}")
        case _:
            pass


def _left_out(report: Report) -> Iterator[str]:
    for each in report.left_out[:MOST_LEFT_OUT_SHOWN]:
        yield f"left out: {each.image}: {each.reason}"
    if len(report.left_out) > MOST_LEFT_OUT_SHOWN:
        yield f"left out: {len(report.left_out) - MOST_LEFT_OUT_SHOWN} more, which the JSON lists"


def _table(block: Table, heading: str) -> TerminalTable:
    table = TerminalTable(title=escape(printable(heading)), title_justify="left")
    for place, column in enumerate(column for column in block.columns if column.is_brief):
        table.add_column(
            escape(printable(column.heading)), justify="left" if column.is_text else "right", no_wrap=place == 0
        )
    for row in block.rows:
        table.add_row(*_brief_cells(block, row))
    return table


def _brief_cells(block: Table, row: Row) -> list[str]:
    return [escape(printable(cell)) for column, cell in zip(block.columns, row.cells, strict=True) if column.is_brief]


def _say(console: Console, sentence: str) -> None:
    console.print(printable(sentence), markup=False, soft_wrap=True)
