"""Reads a data set from folders: one folder per class, with the images of the class in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from service.domain.errors import InvalidInput
from service.domain.experiments.data_set import LabeledFile


@dataclass(frozen=True, kw_only=True)
class ClassFolders:
    """The data set in a folder.

    Attributes:
        labels: names of the class folders.
        files: named by their path below the folder.
        paths: paths of the files, by name.
    """

    title: str
    labels: tuple[str, ...]
    files: tuple[LabeledFile, ...]
    paths: Mapping[str, Path]

    def read(self, name: str) -> bytes:
        """Read a file.

        Raises: OSError.
        """
        return self.paths[name].read_bytes()

    def read_if_there(self, name: str) -> bytes | None:
        """Read a file, or return None if it cannot be read any more."""
        try:
            return self.read(name)
        except OSError:
            return None


def read_class_folders(folder: Path) -> ClassFolders:
    """List the files of a folder's class folders without reading them.

    Class folders may have folders inside. Names that begin with a dot are ignored.

    Raises: InvalidInput: no such folder, or it has no class folders.
    """
    if not folder.is_dir():
        raise InvalidInput(f"no folder {folder}: expected a folder with one folder of images per class")
    classes = sorted(entry for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    if not classes:
        raise InvalidInput(f"{folder} has no folders in it: expected one folder of images per class")
    label_of = {path: _text(each.name) for each in classes for path in _files(each)}
    name_of = {path: _text(path.relative_to(folder).as_posix()) for path in label_of}
    return ClassFolders(
        title=_text(folder.resolve().name),
        labels=tuple(_text(each.name) for each in classes),
        files=tuple(LabeledFile(name=name_of[path], label=label) for path, label in label_of.items()),
        paths={name: path for path, name in name_of.items()},
    )


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not _is_hidden(path.relative_to(folder)))


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _text(name: str) -> str:
    """Make a name that can be written anywhere: its bytes that are not UTF-8 become backslash escapes."""
    return name.encode(errors="backslashreplace").decode()
