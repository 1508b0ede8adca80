"""Reads weights of encoders from files, installed packages and hubs: the one module of `ml` that reads or downloads.

Libraries are imported inside the functions that need them: names are checked in processes that cannot wait seconds
for torch. Everything else in `ml` gets tensors, networks and texts from here, and names files by their paths only.
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


def weights_path(text: str) -> str:
    """Replace a leading ~ or ~user by the folder that it stands for. Raises: UnknownEncoder: there is no such user."""
    try:
        return str(Path(text).expanduser())
    except RuntimeError as error:
        raise UnknownEncoder(
            f"{truncate(text)!r} starts with the folder of a user who is not known here: write the whole path."
        ) from error


def require_checkpoint(path: str) -> str:
    """Return the path. Raises: EncoderUnavailable: there is no such file, or its format is not read."""
    try:
        is_there = Path(path).is_file()
    except OSError as error:
        raise EncoderUnavailable(
            f"The weights {truncate(path)} cannot be looked for: {error.strerror or error}."
        ) from error
    if not is_there:
        raise EncoderUnavailable(
            f"The weights {truncate(path)} are missing: put the file there or correct the encoder's name."
        )
    if Path(path).suffix not in WEIGHT_FILES:
        raise EncoderUnavailable(
            f"{truncate(path)} is not one of {', '.join(WEIGHT_FILES)}: convert it to safetensors."
        )
    return path


def require_checkpoint_in(folder: str, *, weights: str, config: str) -> str:
    """Return the path of the weights in a folder that holds a description beside them. Raises: EncoderUnavailable."""
    if not (Path(folder) / config).is_file():
        raise EncoderUnavailable(f"{folder} must hold {config} and {weights}: the first is missing.")
    return require_checkpoint(str(Path(folder) / weights))


def read_text_beside(checkpoint: str, file_name: str) -> str | None:
    """Return the text of a file in the checkpoint's folder; None if there is no such file."""
    file = Path(checkpoint).with_name(file_name)
    return file.read_text(encoding="utf-8") if file.is_file() else None


def read_tensors(checkpoint: str) -> "dict[str, Tensor]":
    """Read tensors by name, in the file's order, on the CPU and without running any code of the file.

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
    """Return the path of the checkpoint that an installed package carries. Raises: EncoderUnavailable."""
    try:
        found = [file for file in files(package) or [] if file.suffix == ".pth"]
    except PackageNotFoundError as error:
        raise EncoderUnavailable(f"The weights are missing: install the package {package}.") from error
    if len(found) != 1:
        raise EncoderUnavailable(f"The package {package} holds no weights: install it again.")
    return str(found[0].locate())


def read_package_files(package: str, *, folder: str, suffix: str) -> Mapping[str, str] | None:
    """Return texts by file name without its suffix, without importing the package; None if it is not installed."""
    found = find_spec(package)
    if found is None or found.origin is None:
        return None
    paths = (Path(found.origin).parent / folder).glob(f"*{suffix}")
    return {path.stem: path.read_text(encoding="utf-8") for path in paths}


def download_timm_network(model: str) -> "nn.Module":
    """Return the network with its published weights, which timm downloads once and keeps."""
    import timm

    network: nn.Module = timm.create_model(model, pretrained=True)
    return network


def empty_timm_network(model: str, configuration: Mapping[str, Any], *, classes: int | None = None) -> "nn.Module":
    """Return the network with random weights.

    Args:
        configuration: replaces entries of timm's own description of the model.
        classes: of the classifier, 0 for none; as many as timm's description says when None.
    """
    import timm

    network: nn.Module = timm.create_model(
        model, pretrained=False, pretrained_cfg_overlay=dict(configuration), num_classes=classes
    )
    return network


def download_clip_weights(entry: Mapping[str, Any]) -> str:
    """Return the path of the weights of an entry of open_clip's table of tags; open_clip downloads them once."""
    from open_clip.pretrained import download_pretrained

    return str(download_pretrained(dict(entry)))


def load_clip(architecture: str, checkpoint: str | None, *, preprocessing: Mapping[str, Any], quick_gelu: bool) -> Any:
    """Load a model of open_clip. Args: checkpoint: None if the architecture names a folder with weights in it.

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

    # open_clip leaves its vocabulary's file open.
    with without_warnings():
        return open_clip.get_tokenizer(architecture)
