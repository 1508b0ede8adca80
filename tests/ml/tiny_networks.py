"""Real timm networks of a few hundred kilobytes, with the weights that timm starts training from."""

import timm
import torch

from ml.encoders.frozen import Network, NetworkDescription
from ml.encoders.preparation import Preparation
from ml.encoders.runtime import Normalisation

SIDE = 32


def tiny_network(architecture: str = "test_efficientnet", *, name: str = "timm:tiny", seed: int = 0) -> Network:
    """Build a network for images of 32 x 32; the same seed gives the same weights."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        module = timm.create_model(architecture, num_classes=0, pretrained_cfg_overlay={"input_size": (3, SIDE, SIDE)})
    description = NetworkDescription(
        name=name,
        weights_sha256="0" * 64,
        preparation=Preparation(height=SIDE, width=SIDE),
        normalisation=Normalisation(mean=(127.0, 127.0, 127.0), deviation=(128.0, 128.0, 128.0)),
    )
    return Network(module=module.eval(), description=description)
