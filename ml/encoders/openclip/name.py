"""Parses the name of an open_clip encoder without importing open_clip, which takes seconds."""

from dataclasses import dataclass
from functools import cache

from ml.encoders.weights import read_package_files, weights_path
from ml.errors import UnknownEncoder
from ml.messages import truncate, unknown_name

OPENCLIP_PREFIX = "openclip:"
_FOLDER = "local-dir"
_PATH_STARTS = ("/", "./", "../", "~")


@dataclass(frozen=True, kw_only=True)
class LocalFolder:
    """Weights and configuration in a folder with open_clip's layout."""

    folder: str


@dataclass(frozen=True, kw_only=True)
class CheckpointFile:
    """A checkpoint file of an architecture that open_clip has."""

    architecture: str
    path: str


@dataclass(frozen=True, kw_only=True)
class PretrainedTag:
    """Published weights that open_clip downloads."""

    architecture: str
    tag: str


OpenClipSource = LocalFolder | CheckpointFile | PretrainedTag


def parse_openclip_name(name: str) -> OpenClipSource:
    """Parse `openclip:<architecture>/<tag or path>` or `openclip:local-dir/<folder>`.

    A path starts with /, ./, ../ or ~.

    Raises: UnknownEncoder.
    """
    architecture, _, weights = name.removeprefix(OPENCLIP_PREFIX).partition("/")
    if not architecture or not weights:
        raise UnknownEncoder(
            f"{truncate(name)!r} is incomplete: expected openclip:<architecture>/<pretrained tag or path>, "
            "such as openclip:ViT-B-32/laion2b_s34b_b79k, or openclip:local-dir/<folder>."
        )
    if architecture == _FOLDER:
        return LocalFolder(folder=weights_path(weights))
    if architecture not in _architectures():
        raise UnknownEncoder(unknown_name("open_clip architecture", architecture, _architectures()))
    if weights.startswith(_PATH_STARTS):
        return CheckpointFile(architecture=architecture, path=weights_path(weights))
    return PretrainedTag(architecture=architecture, tag=weights)


@cache
def _architectures() -> tuple[str, ...]:
    configurations = read_package_files("open_clip", folder="model_configs", suffix=".json")
    if configurations is None:
        raise UnknownEncoder("The package open_clip_torch is not installed.")
    return tuple(sorted(configurations))
