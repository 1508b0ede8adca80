"""Parses the name of a timm encoder without importing timm, which takes seconds."""

import re
from dataclasses import dataclass
from functools import cache

from ml.encoders.weights import read_package_files, weights_path
from ml.errors import UnknownEncoder
from ml.messages import truncate, unknown_name

TIMM_PREFIX = "timm:"
# Marks each network in timm's source files: timm has no other list that can be read without importing it.
_REGISTERED = re.compile(r"^@register_model\ndef (\w+)\(", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class TimmSource:
    """A timm network and the place of its weights.

    Attributes:
        model: the architecture, with or without a tag of published weights: resnet50.a1_in1k, resnet50.
        checkpoint: None for published weights.
    """

    model: str
    checkpoint: str | None


def parse_timm_name(name: str) -> TimmSource:
    """Parse `timm:<model>` or `timm:<model>@<path of a checkpoint>`. Raises: UnknownEncoder."""
    model, at, path = name.removeprefix(TIMM_PREFIX).partition("@")
    if not model or (at and not path):
        raise UnknownEncoder(
            f"{truncate(name)!r} is incomplete: expected timm:<model> or timm:<model>@<path of a checkpoint>, "
            "such as timm:resnet50.a1_in1k."
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
