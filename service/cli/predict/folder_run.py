"""Describes one run of `margin predict`."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from service.cli.options import ProjectAt


class Truth(StrEnum):
    """Source of the right labels."""

    FOLDERS = "folders"


@dataclass(frozen=True, kw_only=True)
class FolderRun:
    """One folder to classify, who classifies it, and where the answers go."""

    folder: Path
    project: ProjectAt
    csv: Path
    thumbnails: Path | None
    truth: Truth | None

    @property
    def misclassified(self) -> Path:
        """CSV file of the images whose label is not that of their folder."""
        return self.csv.with_name(f"{self.csv.stem}-misclassified.csv")
