"""Sums up the answers for a folder's files, for people and for machines."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from service.cli.predict.file_answers import FileAnswer
from service.cli.predict.folder_truth import Accuracy
from service.cli.terminal import printable

# More errors would hide the figures; the CSV file lists all of them.
ERRORS_SHOWN = 20


@dataclass(kw_only=True)
class Summary:
    """Totals over all files."""

    images: int = 0
    labels: Counter[str] = field(default_factory=Counter)
    without_label: int = 0
    errors: list[tuple[Path, str]] = field(default_factory=list)
    accuracy: Accuracy | None = None
    written: list[Path] = field(default_factory=list)

    def add(self, answer: FileAnswer) -> None:
        """Count one answer."""
        self.images += 1
        if answer.prediction is None:
            self.errors.append((answer.file, answer.error or ""))
        elif answer.prediction.labels:
            self.labels.update(answer.prediction.labels)
        else:
            self.without_label += 1

    @property
    def predicted(self) -> int:
        """Number of files that were classified."""
        return self.images - len(self.errors)


def as_plain(summary: Summary) -> dict[str, Any]:
    """Return the summary as values for JSON."""
    accuracy = summary.accuracy
    return {
        "images": summary.images,
        "predicted": summary.predicted,
        "labels": dict(summary.labels),
        "without_label": summary.without_label,
        "errors": [{"file": str(file), "error": error} for file, error in summary.errors],
        "accuracy": None if accuracy is None else {"share": accuracy.share, "images": accuracy.images},
        "written": [str(file) for file in summary.written],
    }


def lines(summary: Summary) -> Iterator[str]:
    """Yield the summary as lines for people."""
    for file, error in summary.errors[:ERRORS_SHOWN]:
        yield f"{printable(file)}: {printable(error)}"
    if len(summary.errors) > ERRORS_SHOWN:
        yield f"... and {len(summary.errors) - ERRORS_SHOWN:,} more files with an error"
    yield (
        f"{summary.images:,} images: {summary.predicted - summary.without_label:,} got a label, "
        f"{summary.without_label:,} none, {len(summary.errors):,} could not be classified"
    )
    for label, images in summary.labels.most_common():
        yield f"{images:>8,}  {printable(label)}"
    if summary.accuracy is not None:
        accuracy = summary.accuracy
        yield f"accuracy {100 * accuracy.share:.1f} %: {accuracy.right:,} of {accuracy.images:,} match their folder"
    yield f"written: {', '.join(printable(file) for file in summary.written)}"
