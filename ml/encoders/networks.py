"""Opens the network behind an encoder while it can still be trained."""

from ml.encoder import EncoderUnavailable
from ml.encoders import timm_name
from ml.encoders.efficientnet_lite import load_efficientnet_lite_network
from ml.encoders.frozen import Network
from ml.encoders.table import EFFICIENTNET_LITES, check_encoder_name
from ml.encoders.timm_network import load_timm_network


def load_network(name: str) -> Network:
    """Load the network behind the encoder with this name, in torch on the CPU, in evaluation mode.

    Raises: UnknownEncoder. EncoderUnavailable: as for the encoder, or it is not one network that can be trained.
    """
    check_encoder_name(name)
    if name in EFFICIENTNET_LITES:
        return load_efficientnet_lite_network(name)
    if name.startswith(timm_name.PREFIX):
        return load_timm_network(name)
    raise EncoderUnavailable(
        f"The network behind {name!r} cannot be trained further: choose {', '.join(EFFICIENTNET_LITES)} or a timm: one."
    )
