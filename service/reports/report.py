"""The one shape of every report: comparisons, audits and simulations are turned into it, and each form renders it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from service.reports.left_out import LeftOut

# A number in full, as programs read it; None is what a line does not have.
Figure = str | float | None


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a table; a brief one is shown in a terminal too, where there is less room than on a page."""

    heading: str
    is_text: bool = False
    is_brief: bool = True


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of a table, as people read it: one text for each column. A marked one stands out."""

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
    """Args: lines: all with the same columns; marked: whether each line stands out, none when None."""
    return Table(
        columns=tuple(column for column, _ in lines[0]) if lines else (),
        rows=tuple(
            Row(cells=tuple(cell for _, cell in line), is_marked=stands_out)
            for line, stands_out in zip(lines, marked or [False] * len(lines), strict=True)
        ),
    )


@dataclass(frozen=True, kw_only=True)
class Note:
    """A paragraph; a brief one is shown in a terminal too."""

    text: str
    is_brief: bool = False


@dataclass(frozen=True, kw_only=True)
class Bullets:
    """Sentences of a kind. label: what each is in a terminal, where they stand without a heading; None: not there."""

    items: tuple[str, ...]
    label: str | None = None


@dataclass(frozen=True, kw_only=True)
class Plot:
    """A plot. alt: what it shows, in words; draw: makes the PNG."""

    alt: str
    draw: Callable[[], bytes]


@dataclass(frozen=True, kw_only=True)
class ConfusionMatrix:
    """How often each true class (rows) was taken for each class (columns), in the order of the labels."""

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Picture:
    """An image with what is said of it. address: the image itself as a data address, None where it is not at hand."""

    name: str
    caption: str
    address: str | None


@dataclass(frozen=True, kw_only=True)
class Gallery:
    """Images beside each other."""

    pictures: tuple[Picture, ...]


Block = Table | Note | Bullets | Plot | ConfusionMatrix | Gallery


@dataclass(frozen=True, kw_only=True)
class Section:
    """What stands under one heading."""

    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, kw_only=True)
class Report:
    """A whole report.

    subject: what kind of work it reports, as "comparison". facts: what it is about, in a few words each. verdicts: what
    it comes to, in sentences, the first is the most important; remarks: what to know about them. left_out: images that
    had no part in it. figures: the same columns for each line, or fewer, as CSV has them. write_json: gives all of it
    as JSON.
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
