"""Writes the result for each file as a row of a CSV file, as soon as it is known."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from service.cli.predict.file_answers import FileAnswer
from service.domain.errors import StorageUnavailable
from service.reports.spreadsheet_cells import harmless

# Separates several labels of one image.
BETWEEN_LABELS = "|"


class Rows(Protocol):
    """Takes rows one by one, like a `csv.writer`."""

    def writerow(self, row: Sequence[object]) -> object: ...


class AnswerTable:
    """One row per file; the probability is the largest one, and each class has its own column."""

    def __init__(self, rows: Rows, labels: Sequence[str]) -> None:
        self._rows = rows
        self._labels = labels
        columns = ("file", "label", "plausible labels", "probability", "margin", "abstained", "version")
        # A class may have the name of another column.
        rows.writerow([*columns, *(f"probability of {label}" for label in labels), "error"])

    def write(self, answer: FileAnswer) -> None:
        """Write the row of a file; without a prediction it has only the file and the error."""
        prediction = answer.prediction
        if prediction is None:
            self._rows.writerow([answer.file, *[""] * (6 + len(self._labels)), answer.error])
            return
        probabilities = prediction.probabilities or {}
        self._rows.writerow(
            [
                answer.file,
                BETWEEN_LABELS.join(prediction.labels or ()),
                BETWEEN_LABELS.join(prediction.plausible_labels or ()),
                max(probabilities.values(), default=""),
                prediction.margin,
                str(bool(prediction.abstained)).lower(),
                prediction.version,
                # A label that was added or removed meanwhile has no column.
                *(probabilities.get(label, "") for label in self._labels),
                "",
            ]
        )


@contextmanager
def opened_rows(file: Path) -> Iterator[Rows]:
    """Open a CSV file for writing; an old one is replaced.

    File names are written byte for byte, with "./" before a name that a spreadsheet would run as a formula.

    Raises: StorageUnavailable: this file cannot be written. Other errors inside the block pass unchanged.
    """
    with _failures_of(file):
        opened = file.open("w", encoding="utf-8", errors="surrogateescape", newline="")
    try:
        yield _HarmlessRows(csv.writer(opened), file)
    finally:
        with _failures_of(file):
            opened.close()


class _HarmlessRows:
    def __init__(self, rows: Rows, file: Path) -> None:
        self._rows = rows
        self._file = file

    def writerow(self, row: Sequence[object]) -> object:
        with _failures_of(self._file):
            return self._rows.writerow([harmless(cell) for cell in row])


@contextmanager
def _failures_of(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageUnavailable(f"{file} cannot be written: {error.strerror or error}") from error
