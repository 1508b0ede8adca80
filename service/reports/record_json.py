"""Writes and reads records, the data classes behind reports, as JSON: the form in which they are stored and sent."""

from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter

Record = TypeVar("Record")


def to_json(record: object) -> bytes:
    """The whole record, which `from_json` reads again; a bound that a single run leaves open is null."""
    kind: Any = type(record)
    return _adapter(kind).dump_json(record, indent=2)


def from_json(kind: type[Record], content: bytes) -> Record:
    """Raises: ValueError: not such a record."""
    of_kind: Any = kind
    record: Record = _adapter(of_kind).validate_json(content)
    return record


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:  # mypy: a class counts as hashable only as Any
    return TypeAdapter(kind)
