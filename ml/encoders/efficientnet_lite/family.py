"""Defines the families of the EfficientNet-Lite encoders, one per size."""

from typing import TYPE_CHECKING

from ml.encoders.base import Encoder, Execution
from ml.encoders.family import EncoderFamily, FilesOf

if TYPE_CHECKING:
    from ml.encoders.frozen import Network


def _load(name: str, execution: Execution, _files_of: FilesOf) -> Encoder:
    # Imported here because torch takes seconds, and many processes only check names.
    from ml.encoders.efficientnet_lite.encoder import load_efficientnet_lite  # noqa: PLC0415

    return load_efficientnet_lite(name, execution)


def _load_network(name: str) -> "Network":
    from ml.encoders.efficientnet_lite.encoder import load_efficientnet_lite_network  # noqa: PLC0415

    return load_efficientnet_lite_network(name)


EFFICIENTNET_LITES = tuple(
    EncoderFamily(prefix=name, example=name, check=str, load=_load, load_network=_load_network)
    for name in ("efficientnet-lite0", "efficientnet-lite1", "efficientnet-lite2")
)
