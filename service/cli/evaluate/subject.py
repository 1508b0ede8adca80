"""Decides what `margin evaluate` compares on: a labeled folder, or a project of a running Margin."""

from dataclasses import dataclass
from pathlib import Path

import typer

from service.cli.options import ProjectAt


@dataclass(frozen=True, kw_only=True)
class LabeledFolder:
    """A folder with one folder of images per class; hierarchy: JSON file that names each label's parent."""

    path: Path
    hierarchy: Path | None


def subject(folder: Path | None, *, project: str | None, url: str, hierarchy: Path | None) -> LabeledFolder | ProjectAt:
    """Return the folder or the project, whichever is given.

    Raises: typer.BadParameter: both or neither.
    """
    if folder is not None and project is None:
        return LabeledFolder(path=folder, hierarchy=hierarchy)
    if project is None or folder is not None:
        raise typer.BadParameter("name either a folder, before the options, or a --project")
    if hierarchy is not None:
        raise typer.BadParameter("not with --project: a project has its own hierarchy", param_hint="--hierarchy")
    return ProjectAt(id=project, url=url)
