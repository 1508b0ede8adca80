"""Stores the results of the benchmark of strategies as JSON lines, so that an interrupted benchmark can continue."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from benchmarks._asking import Replayed


@dataclass(frozen=True, kw_only=True)
class Run:
    """The identity of a run. start: labels per class before the first query."""

    collection: str
    asker: str
    seed: int
    start: int
    budgets: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Result:
    """A run, its number of classes, and its results."""

    run: Run
    classes: int
    replayed: Replayed


_LINE = TypeAdapter(Result)


def append(file: Path, result: Result) -> None:
    """Append a result as one line."""
    with file.open("ab") as lines:
        lines.write(_LINE.dump_json(result) + b"\n")


def read(file: Path) -> Iterator[Result]:
    """Yield the results in the file, none if there is no file; a line that an interruption cut off is left out."""
    if not file.exists():
        return
    for line in file.read_bytes().splitlines(keepends=True):
        if line.endswith(b"\n"):
            yield _LINE.validate_json(line)
