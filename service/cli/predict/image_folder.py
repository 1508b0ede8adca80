"""Finds the images of a folder and of all folders below it."""

import os
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from ml.images.decoding import FORMATS
from service.domain.errors import InvalidInput


def images_under(folder: Path) -> list[Path]:
    """List the images below the folder by name; skips hidden files and other formats.

    Raises: InvalidInput: not a folder, or no images in it.
    """
    if not folder.is_dir():
        raise InvalidInput(f"{folder} is not a folder: name one with images in it")
    suffixes = _image_suffixes()
    found = sorted(path for path in _visible_files(folder) if path.suffix.lower() in suffixes)
    if not found:
        raise InvalidInput(f"{folder} has no images ({', '.join(FORMATS)}) in it")
    return found


def _visible_files(folder: Path) -> Iterator[Path]:
    # Links to folders are not followed: they may form a loop.
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        here = Path(place).relative_to(folder)
        yield from (here / name for name in files if not name.startswith("."))


def _image_suffixes() -> frozenset[str]:
    """Return the file suffixes of the formats that we decode, as Pillow knows them: .jpg, .jpeg, .jfif and so on."""
    return frozenset(suffix for suffix, name in Image.registered_extensions().items() if name in FORMATS)
