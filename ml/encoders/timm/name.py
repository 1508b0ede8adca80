"""Reads a timm encoder's name without loading timm, which takes seconds."""

import re
from dataclasses import dataclass
from functools import cache

from ml.encoders.weights import read_package_files, weights_path
from ml.errors import UnknownEncoder
from ml.messages import truncate, unknown_name

PREFIX = "timm:"
# How timm's files say which networks they define: it keeps no other list that is there before its import.
_REGISTERED = re.compile(r"^@register_model\ndef (\w+)\(", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class TimmSource:
    """A network that timm knows, and where its weights are: published when there is no checkpoint.

    Attributes: model: the architecture, with a tag of published weights or without: resnet50.a1_in1k, resnet50.
    """

    model: str
    checkpoint: str | None


def parse_timm_name(name: str) -> TimmSource:
    """Read `timm:<model>` or `timm:<model>@<path of a checkpoint>`. Raises: UnknownEncoder."""
    model, at, path = name.removeprefix(PREFIX).partition("@")
    if not model or (at and not path):
        raise UnknownEncoder(
            f"{truncate(name)!r} is not a whole name: expected timm:<model> or timm:<model>@<path of a checkpoint>, "
            "as timm:resnet50.a1_in1k."
        )
    architecture = model.partition(".")[0]
    if architecture not in _architectures():
        raise UnknownEncoder(unknown_name("timm model", architecture, _architectures()))
    return TimmSource(model=model, checkpoint=weights_path(path) if path else None)


@cache
def _architectures() -> tuple[str, ...]:
    sources = read_package_files("timm", folder="models", suffix=".py")
    if sources is None:
        raise UnknownEncoder("The package timm is not installed.")
    return tuple(sorted({name for source in sources.values() for name in _REGISTERED.findall(source)}))
