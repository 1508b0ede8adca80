"""Defines a form of a report: JSON, CSV, HTML or anything else that can be written to a file or sent."""

from collections.abc import Callable
from dataclasses import dataclass

from service.reports.report import Report


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form in which any report can be read.

    Attributes:
        name: the ending of a file or an address, and the name of an option, for example "csv".
        purpose: the help of this option.
        render: makes the content.
    """

    name: str
    media_type: str
    purpose: str
    render: Callable[[Report], bytes]
