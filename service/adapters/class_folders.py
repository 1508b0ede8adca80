"""Reads a data set that is kept as folders: one for each class, with its images in it."""

from dataclasses import dataclass
from pathlib import Path

from service.domain.data_set import LabeledFile
from service.domain.errors import InvalidInput


@dataclass(frozen=True, kw_only=True)
class ClassFolders:
    """The data set of a folder; labels are the names of its folders, files are named by their path below it."""

    folder: Path
    labels: tuple[str, ...]
    files: tuple[LabeledFile, ...]

    @property
    def title(self) -> str:
        """The folder's own name."""
        return self.folder.resolve().name

    def read(self, name: str) -> bytes:
        """Raises: OSError."""
        return (self.folder / name).read_bytes()

    def read_if_there(self, name: str) -> bytes | None:
        """None where it cannot be read any more."""
        try:
            return self.read(name)
        except OSError:
            return None


def read_class_folders(folder: Path) -> ClassFolders:
    """Look at names only; class folders may have folders inside, and names that begin with a dot do not count.

    Raises: InvalidInput: no such folder, or it has no class folders.
    """
    if not folder.is_dir():
        raise InvalidInput(f"no folder {folder}: expected one with a folder of images for each class")
    classes = sorted(entry for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    if not classes:
        raise InvalidInput(f"{folder} has no folders in it: expected a folder of images for each class")
    return ClassFolders(
        folder=folder,
        labels=tuple(each.name for each in classes),
        files=tuple(
            LabeledFile(name=path.relative_to(folder).as_posix(), label=each.name)
            for each in classes
            for path in _files(each)
        ),
    )


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not _is_hidden(path.relative_to(folder)))


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)
