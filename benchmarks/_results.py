"""What the runs of the benchmark of strategies gave, one JSON line each, so that an interrupted benchmark goes on."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from benchmarks._asking import Replayed


@dataclass(frozen=True, kw_only=True)
class Run:
    """What identifies a run. start: labels of each class that are there before anybody is asked."""

    collection: str
    asker: str
    seed: int
    start: int
    budgets: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Result:
    """A run, how many classes there were, and what came of it."""

    run: Run
    classes: int
    replayed: Replayed


_LINE = TypeAdapter(Result)


def append(file: Path, result: Result) -> None:
    """As a line of its own."""
    with file.open("ab") as lines:
        lines.write(_LINE.dump_json(result) + b"\n")


def read(file: Path) -> Iterator[Result]:
    """What is there; nothing where there is no file. A line that an interruption cut is left out."""
    if not file.exists():
        return
    for line in file.read_bytes().splitlines(keepends=True):
        if line.endswith(b"\n"):
            yield _LINE.validate_json(line)
