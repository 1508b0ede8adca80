"""Describes a family of encoders, so that names can be checked without importing torch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ml.encoders.base import Encoder, Execution

if TYPE_CHECKING:
    from ml.encoders.frozen import Network

# Returns the files of the fine-tuned encoder with this name. Raises: UnknownEncoder: there are none.
FilesOf = Callable[[str], Mapping[str, bytes]]


@dataclass(frozen=True, kw_only=True)
class EncoderFamily:
    """Encoders whose names have the same prefix, with functions to check and load them; one line each in the registry.

    Attributes:
        prefix: start of the names, including the colon; the whole name if the family is one encoder.
        check: checks a name without loading anything; raises UnknownEncoder.
        load_network: loads the network of an encoder, in torch on the CPU; None if it cannot be trained further.
    """

    prefix: str
    example: str
    check: Callable[[str], object]
    load: Callable[[str, Execution, FilesOf], Encoder]
    load_network: "Callable[[str], Network] | None" = None
    has_text_side: bool = False
