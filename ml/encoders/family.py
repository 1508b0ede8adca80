"""Describes a family of encoders, so that names are checked and encoders loaded without importing torch before."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ml.encoders.base import Encoder, Execution

if TYPE_CHECKING:
    from ml.encoders.frozen import Network

# Gives the files of the fine-tuned encoder with this name. Raises: UnknownEncoder: there are none.
FilesOf = Callable[[str], Mapping[str, bytes]]


@dataclass(frozen=True, kw_only=True)
class EncoderFamily:
    """How encoders are named, checked and loaded whose names begin alike; each family is one line in the registry.

    Attributes:
        prefix: what their names begin with, up to a colon and with it; the whole name where there is one encoder.
        check: of a name, without loading anything; raises UnknownEncoder.
        load_network: the network behind an encoder, in torch on the CPU; None where it cannot be trained further.
    """

    prefix: str
    example: str
    check: Callable[[str], object]
    load: Callable[[str, Execution, FilesOf], Encoder]
    load_network: "Callable[[str], Network] | None" = None
    has_text_side: bool = False
