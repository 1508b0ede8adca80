"""Which files a user's weights may come in, and what reading bad ones raises."""

import pickle
from pathlib import Path

from safetensors import SafetensorError

from ml.errors import EncoderUnavailable, UnknownEncoder
from ml.messages import truncate

# Of numpy's and TensorFlow's formats libraries read only some architectures; and nothing that is not loaded safely.
WEIGHT_FILES = (".safetensors", ".pt", ".pth", ".bin")
# What torch, safetensors, open_clip and timm raise on weights that are cut off, unsafe or of another architecture.
UNLOADABLE = (
    OSError,
    EOFError,
    RuntimeError,
    ValueError,
    LookupError,
    AttributeError,
    TypeError,
    AssertionError,
    ImportError,
    pickle.UnpicklingError,
    SafetensorError,
)


def existing_checkpoint(path: Path) -> Path:
    """The path itself. Raises: EncoderUnavailable: no such file, or of a format that is not read."""
    try:
        is_there = path.is_file()
    except OSError as error:
        raise EncoderUnavailable(
            f"The weights {truncate(path)} cannot be looked for: {error.strerror or error}."
        ) from error
    if not is_there:
        raise EncoderUnavailable(
            f"The weights {truncate(path)} are missing: put the file there or correct the encoder's name."
        )
    if path.suffix not in WEIGHT_FILES:
        raise EncoderUnavailable(
            f"{truncate(path)} is not one of {', '.join(WEIGHT_FILES)}: convert it to safetensors."
        )
    return path


def weights_path(text: str) -> Path:
    """The path, with ~ and ~user as the folders that they stand for. Raises: UnknownEncoder: there is no such user."""
    try:
        return Path(text).expanduser()
    except RuntimeError as error:
        raise UnknownEncoder(
            f"{truncate(text)!r} starts with the folder of a user who is not known here: write the whole path."
        ) from error
