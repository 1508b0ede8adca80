"""Reads weights of encoders from files, installed packages and hubs: the only module of `ml` that reads or downloads.

Libraries are imported inside the functions that need them, because processes that only check names cannot wait seconds
for torch. All other modules of `ml` get tensors, networks and texts from here, and only handle paths of files.
"""

import hashlib
import pickle
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, files
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetensors import SafetensorError

from ml.errors import EncoderUnavailable, UnknownEncoder
from ml.messages import truncate
from ml.warnings_filter import without_warnings

if TYPE_CHECKING:
    from torch import Tensor, nn

# Formats that are loaded safely. numpy's and TensorFlow's formats are left out: libraries read them only for some
# architectures.
WEIGHT_FILES = (".safetensors", ".pt", ".pth", ".bin")
# Errors of torch, safetensors, open_clip and timm on weights that are cut off, unsafe or of another architecture.
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


def weights_path(text: str) -> str:
    """Expand ~ and ~user to home folders. Raises: UnknownEncoder: there is no such user."""
    try:
        return str(Path(text).expanduser())
    except RuntimeError as error:
        raise UnknownEncoder(
            f"{truncate(text)!r} starts with the home folder of a user who does not exist: write the whole path."
        ) from error


def require_checkpoint(path: str) -> str:
    """Check a path and return it. Raises: EncoderUnavailable: there is no such file, or its format is not supported."""
    try:
        is_there = Path(path).is_file()
    except OSError as error:
        raise EncoderUnavailable(
            f"The weights {truncate(path)} cannot be accessed: {error.strerror or error}."
        ) from error
    if not is_there:
        raise EncoderUnavailable(
            f"The weights {truncate(path)} are missing: put the file there or correct the encoder's name."
        )
    if Path(path).suffix not in WEIGHT_FILES:
        raise EncoderUnavailable(
            f"{truncate(path)} is not a file of type {', '.join(WEIGHT_FILES)}: convert it to safetensors."
        )
    return path


def require_checkpoint_in(folder: str, *, weights: str, config: str) -> str:
    """Return the path of the weights in a folder that also has their configuration. Raises: EncoderUnavailable."""
    if not (Path(folder) / config).is_file():
        raise EncoderUnavailable(f"{folder} must have {config} and {weights}: the first is missing.")
    return require_checkpoint(str(Path(folder) / weights))


def read_text_beside(checkpoint: str, file_name: str) -> str | None:
    """Return the text of a file in the checkpoint's folder; None if there is no such file."""
    file = Path(checkpoint).with_name(file_name)
    return file.read_text(encoding="utf-8") if file.is_file() else None


def read_tensors(checkpoint: str) -> "dict[str, Tensor]":
    """Read tensors by name, in the order of the file, on the CPU and without running any code in the file.

    Raises: one of UNLOADABLE.
    """
    from timm.models import load_state_dict

    tensors: dict[str, Tensor] = load_state_dict(checkpoint, weights_only=True)
    return tensors


def sha256_of(path: str) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def packaged_weights(package: str) -> str:
    """Return the path of the checkpoint in an installed package. Raises: EncoderUnavailable."""
    try:
        found = [file for file in files(package) or [] if file.suffix == ".pth"]
    except PackageNotFoundError as error:
        raise EncoderUnavailable(f"The weights are missing: install the package {package}.") from error
    if len(found) != 1:
        raise EncoderUnavailable(f"The package {package} has no weights: install it again.")
    return str(found[0].locate())


def read_package_files(package: str, *, folder: str, suffix: str) -> Mapping[str, str] | None:
    """Read texts by file name without suffix, without importing the package; None if it is not installed."""
    found = find_spec(package)
    if found is None or found.origin is None:
        return None
    paths = (Path(found.origin).parent / folder).glob(f"*{suffix}")
    return {path.stem: path.read_text(encoding="utf-8") for path in paths}


def download_timm_network(model: str) -> "nn.Module":
    """Return a network with its published weights, which timm downloads once and caches."""
    import timm

    network: nn.Module = timm.create_model(model, pretrained=True)
    return network


def empty_timm_network(model: str, configuration: Mapping[str, Any], *, classes: int | None = None) -> "nn.Module":
    """Return a network with random weights.

    Args:
        configuration: replaces entries of timm's own configuration of the model.
        classes: of the classifier; 0 for no classifier, None for the number in timm's configuration.
    """
    import timm

    network: nn.Module = timm.create_model(
        model, pretrained=False, pretrained_cfg_overlay=dict(configuration), num_classes=classes
    )
    return network


def download_clip_weights(entry: Mapping[str, Any]) -> str:
    """Return the path of the weights of an entry in open_clip's table of tags; open_clip downloads them once."""
    from open_clip.pretrained import download_pretrained

    return str(download_pretrained(dict(entry)))


def load_clip(architecture: str, checkpoint: str | None, *, preprocessing: Mapping[str, Any], quick_gelu: bool) -> Any:
    """Load a model of open_clip.

    Args: checkpoint: None if the architecture names a folder that has the weights.
    Raises: one of UNLOADABLE.
    """
    import open_clip

    return open_clip.create_model(
        architecture,
        pretrained=checkpoint,
        force_quick_gelu=quick_gelu,
        force_preprocess_cfg=dict(preprocessing),
        require_pretrained=True,
        weights_only=True,
    )


def load_clip_tokenizer(architecture: str) -> Any:
    """Load the tokenizer of an architecture; some are downloaded.

    Raises: OSError, ImportError, ValueError, RuntimeError.
    """
    import open_clip

    # open_clip does not close the file of its vocabulary.
    with without_warnings():
        return open_clip.get_tokenizer(architecture)
