"""Writes a report to files, or one form of it to standard output."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import typer

from service.domain.errors import InvalidInput, StorageUnavailable

# Stands for standard output.
STANDARD_OUTPUT = Path("-")


@dataclass(frozen=True, kw_only=True)
class ReportOutputs:
    """Paths to write to; None where nobody wants that form."""

    json: Path | None
    csv: Path | None
    html: Path | None

    @property
    def fill_standard_output(self) -> bool:
        """Whether standard output is for a program: then nothing else is printed there."""
        return STANDARD_OUTPUT in (self.json, self.csv, self.html)

    def check(self) -> None:
        """Find mistakes now that would otherwise show after long work. Raises: InvalidInput."""
        wanted = [path for path in (self.json, self.csv, self.html) if path is not None]
        if wanted.count(STANDARD_OUTPUT) > 1:
            raise InvalidInput("only one of --json, --csv and --html can go to standard output")
        for path in wanted:
            if path != STANDARD_OUTPUT and (path.is_dir() or not path.parent.is_dir()):
                raise InvalidInput(f"{path} cannot be written: name a file in a folder that is there")

    def write(self, *, json: Callable[[], str], csv: Callable[[], str], html: Callable[[], str]) -> None:
        """Write what is wanted. Args: makers of each form, called only if it is. Raises: StorageUnavailable."""
        _write(self.json, json)
        _write(self.csv, csv)
        _write(self.html, html)


def _write(path: Path | None, make: Callable[[], str]) -> None:
    if path is None:
        return
    if path == STANDARD_OUTPUT:
        typer.echo(make())
        return
    try:
        path.write_text(make(), encoding="utf-8", newline="")
    except OSError as error:
        raise StorageUnavailable(f"{path} cannot be written: {error.strerror or error}") from error
