"""Tells what `margin evaluate` compares on: a labeled folder, or a project of a running Margin."""

from dataclasses import dataclass
from pathlib import Path

import typer

from service.cli.options import ProjectAt


@dataclass(frozen=True, kw_only=True)
class LabeledFolder:
    """A folder with a folder of images for each class; hierarchy: JSON file that names each label's parent."""

    path: Path
    hierarchy: Path | None


def subject(folder: Path | None, *, project: str | None, url: str, hierarchy: Path | None) -> LabeledFolder | ProjectAt:
    """The one of the two that was named. Raises: typer.BadParameter: both or neither."""
    if folder is not None and project is None:
        return LabeledFolder(path=folder, hierarchy=hierarchy)
    if project is None or folder is not None:
        raise typer.BadParameter("name a folder, before the options, or a --project")
    if hierarchy is not None:
        raise typer.BadParameter("a project has a hierarchy of its own", param_hint="--hierarchy")
    return ProjectAt(id=project, url=url)
