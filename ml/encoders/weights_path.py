"""Reads the path of weights that stands in an encoder's name."""

from pathlib import Path

from ml.errors import UnknownEncoder
from ml.messages import truncate


def weights_path(text: str) -> Path:
    """The path, with ~ and ~user as the folders that they stand for. Raises: UnknownEncoder: there is no such user."""
    try:
        return Path(text).expanduser()
    except RuntimeError as error:
        raise UnknownEncoder(
            f"{truncate(text)!r} starts with the folder of a user who is not known here: write the whole path."
        ) from error
