"""Describes one run of `margin predict`."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from service.cli.options import ProjectAt


class Truth(StrEnum):
    """Source of the true labels."""

    FOLDERS = "folders"


@dataclass(frozen=True, kw_only=True)
class FolderRun:
    """The folder to classify, the project that classifies it, and the files for the answers."""

    folder: Path
    project: ProjectAt
    csv: Path
    thumbnails: Path | None
    truth: Truth | None

    @property
    def misclassified(self) -> Path:
        """Path of the CSV file with the images whose predicted label is not that of their folder."""
        return self.csv.with_name(f"{self.csv.stem}-misclassified.csv")
