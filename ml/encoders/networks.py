"""Opens the network behind an encoder while it can still be trained."""

from ml.encoders import timm_name
from ml.encoders.efficientnet_lite import load_efficientnet_lite_network
from ml.encoders.frozen import Network
from ml.encoders.registry import EFFICIENTNET_LITES, can_be_tuned, check_encoder_name
from ml.encoders.timm_network import load_timm_network
from ml.errors import EncoderUnavailable


def load_network(name: str) -> Network:
    """Load the network behind the encoder with this name, in torch on the CPU, in evaluation mode.

    Raises: UnknownEncoder. EncoderUnavailable: as for the encoder, or it is not one network that can be trained.
    """
    check_encoder_name(name)
    if not can_be_tuned(name):
        known = ", ".join(EFFICIENTNET_LITES)
        raise EncoderUnavailable(
            f"The network behind {name!r} cannot be trained further: choose {known} or a timm: one."
        )
    return load_timm_network(name) if name.startswith(timm_name.PREFIX) else load_efficientnet_lite_network(name)
