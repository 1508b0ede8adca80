"""The common structure of all reports: comparisons, audits and simulations become one, and each form renders it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from service.reports.left_out import LeftOut

# A number in full, as programs read it; None if the line does not have this figure.
Figure = str | float | None


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a table; a brief one is also shown in a terminal, where there is less room than on a page."""

    heading: str
    is_text: bool = False
    is_brief: bool = True


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of a table, as people read it: one text per column. A marked line is highlighted."""

    cells: tuple[str, ...]
    is_marked: bool = False


@dataclass(frozen=True, kw_only=True)
class Table:
    """Figures as people read them, with their intervals."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


# The cells of a row, each with its column.
Line = Sequence[tuple[Column, str]]


def table_of(lines: Sequence[Line], *, marked: Sequence[bool] | None = None) -> Table:
    """Build a table.

    Args:
        lines: all with the same columns.
        marked: True for each highlighted line; None highlights none.
    """
    return Table(
        columns=tuple(column for column, _ in lines[0]) if lines else (),
        rows=tuple(
            Row(cells=tuple(cell for _, cell in line), is_marked=stands_out)
            for line, stands_out in zip(lines, marked or [False] * len(lines), strict=True)
        ),
    )


@dataclass(frozen=True, kw_only=True)
class Note:
    """A paragraph; a brief one is also shown in a terminal."""

    text: str
    is_brief: bool = False


@dataclass(frozen=True, kw_only=True)
class Bullets:
    """Sentences of one kind. label: their name in a terminal, which shows no heading; None: not shown there."""

    items: tuple[str, ...]
    label: str | None = None


@dataclass(frozen=True, kw_only=True)
class Plot:
    """A plot. alt: a description of it; draw: makes the PNG."""

    alt: str
    draw: Callable[[], bytes]


@dataclass(frozen=True, kw_only=True)
class ConfusionMatrix:
    """Number of times that each true class (rows) was predicted as each class (columns), in the order of the labels."""

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Picture:
    """An image with a caption. address: the image itself as a data address, or None if it is not available."""

    name: str
    caption: str
    address: str | None


@dataclass(frozen=True, kw_only=True)
class Gallery:
    """Images side by side."""

    pictures: tuple[Picture, ...]


Block = Table | Note | Bullets | Plot | ConfusionMatrix | Gallery


@dataclass(frozen=True, kw_only=True)
class Section:
    """The content under one heading."""

    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, kw_only=True)
class Report:
    """A whole report.

    Attributes:
        subject: the kind of work that is reported, for example "comparison".
        facts: what the work is about, in a few words each.
        verdicts: the results in sentences, the most important first.
        remarks: what to know about the verdicts.
        left_out: images that were left out.
        figures: one line each with the same columns, or fewer, as CSV has them.
        write_json: returns everything as JSON.
    """

    title: str
    subject: str
    created_at: datetime
    facts: tuple[str, ...]
    verdicts: tuple[str, ...]
    remarks: tuple[str, ...] = ()
    sections: tuple[Section, ...]
    left_out: tuple[LeftOut, ...]
    figures: tuple[Mapping[str, Figure], ...]
    write_json: Callable[[], bytes]
