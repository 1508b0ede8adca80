"""Defines the family of timm's encoders: `timm:...`."""

from typing import TYPE_CHECKING

from ml.encoders.base import Encoder, Execution
from ml.encoders.family import EncoderFamily, FilesOf
from ml.encoders.timm.name import TIMM_PREFIX, parse_timm_name

if TYPE_CHECKING:
    from ml.encoders.frozen import Network


def _load(name: str, execution: Execution, _files_of: FilesOf) -> Encoder:
    # Imported here because timm takes seconds, and many processes only check names.
    from ml.encoders.timm.encoder import load_timm  # noqa: PLC0415

    return load_timm(name, execution)


def _load_network(name: str) -> "Network":
    from ml.encoders.timm.encoder import load_timm_network  # noqa: PLC0415

    return load_timm_network(name)


TIMM = EncoderFamily(
    prefix=TIMM_PREFIX,
    example="timm:resnet50.a1_in1k",
    check=parse_timm_name,
    load=_load,
    load_network=_load_network,
)
