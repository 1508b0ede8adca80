"""What a form of a report is: JSON, CSV, a page, and whatever else can be written to a file or sent."""

from collections.abc import Callable
from dataclasses import dataclass

from service.reports.report import Report


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form in which any report can be read.

    name: the ending of a file, of an address and of an option, as "csv"; purpose: what a command's help says of it;
    render: makes the content.
    """

    name: str
    media_type: str
    purpose: str
    render: Callable[[Report], bytes]
