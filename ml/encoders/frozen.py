"""Builds an encoder from a torch network: compiles it, and derives its identity."""

import hashlib
from dataclasses import asdict, dataclass

from torch import nn

from ml.encoders.base import EncoderCost, EncoderIdentity, Execution, Precision
from ml.encoders.network_cost import network_cost
from ml.encoders.preparation import Preparation
from ml.encoders.runtime import Normalisation, Runtime, prepare_runtime


@dataclass(frozen=True, kw_only=True)
class FrozenEncoder:
    """An `Encoder` that runs a compiled network."""

    identity: EncoderIdentity
    prepare: Preparation
    encode: Runtime
    cost: EncoderCost


@dataclass(frozen=True, kw_only=True)
class NetworkDescription:
    """Name of a network, hash of its weights, and how it expects its images."""

    name: str
    weights_sha256: str
    preparation: Preparation
    normalisation: Normalisation


@dataclass(frozen=True, kw_only=True)
class Network:
    """A torch network before it is frozen; it can still be trained. Maps (images, 3, h, w) to features."""

    module: nn.Module
    description: NetworkDescription


def freeze(network: Network, execution: Execution) -> FrozenEncoder:
    """Compile the network and give it its identity. Raises: EncoderUnavailable."""
    description = network.description
    # First, because the runtime may move the network to another device.
    cost = network_cost(network.module, height=description.preparation.height, width=description.preparation.width)
    runtime = prepare_runtime(
        network.module,
        description.normalisation,
        height=description.preparation.height,
        width=description.preparation.width,
        execution=execution,
    )
    identity = EncoderIdentity(
        name=description.name,
        weights_sha256=description.weights_sha256,
        preprocessing=_describe(description, execution.precision),
        dimension=runtime.dimension,
    )
    return FrozenEncoder(identity=identity, prepare=description.preparation, encode=runtime, cost=cost)


def _describe(description: NetworkDescription, precision: Precision) -> str:
    """Name the preprocessing: size and resize mode in words, and a hash, so that no two preparations share a name.

    The hash includes the whole name of the encoder, because a key only has the end of a long name, and the same weights
    in two architectures, for example with and without QuickGELU, are two encoders. So is one network at two precisions.
    """
    preparation = description.preparation
    everything = repr(
        (description.name, sorted(asdict(preparation).items()), sorted(asdict(description.normalisation).items()))
    )
    digest = hashlib.sha256(everything.encode()).hexdigest()[:8]
    suffix = "" if precision == "fp32" else f"-{precision}"
    return f"{preparation.resize_mode}{preparation.height}x{preparation.width}-{digest}{suffix}"
