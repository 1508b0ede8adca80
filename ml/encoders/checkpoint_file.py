"""Which files a user's weights may come in, and what reading bad ones raises."""

import pickle
from pathlib import Path

from safetensors import SafetensorError

from ml.errors import EncoderUnavailable
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
