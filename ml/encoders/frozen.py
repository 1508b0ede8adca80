"""An encoder put together from its parts: an identity, a preparation and a runtime."""

import hashlib
from dataclasses import asdict, dataclass

from torch import nn

from ml.encoders.base import EncoderCost, EncoderIdentity, Execution, Precision
from ml.encoders.network_cost import network_cost
from ml.encoders.preparation import Preparation
from ml.encoders.runtime import Normalisation, Runtime, prepare_runtime


@dataclass(frozen=True, kw_only=True)
class FrozenEncoder:
    """Any network behind the `Encoder` protocol."""

    identity: EncoderIdentity
    prepare: Preparation
    encode: Runtime
    cost: EncoderCost


@dataclass(frozen=True, kw_only=True)
class NetworkDescription:
    """What a network reads, and under which name its embeddings are known."""

    name: str
    weights_sha256: str
    preparation: Preparation
    normalisation: Normalisation


@dataclass(frozen=True, kw_only=True)
class Network:
    """A network in torch before it is frozen, which may still be trained: (images, 3, h, w) in, features out."""

    module: nn.Module
    recipe: NetworkDescription


def freeze(network: Network, execution: Execution) -> FrozenEncoder:
    """Compile the network and give it its identity. Raises: EncoderUnavailable."""
    recipe = network.recipe
    # First, for the runtime may take the network elsewhere.
    cost = network_cost(network.module, height=recipe.preparation.height, width=recipe.preparation.width)
    runtime = prepare_runtime(
        network.module,
        recipe.normalisation,
        height=recipe.preparation.height,
        width=recipe.preparation.width,
        execution=execution,
    )
    identity = EncoderIdentity(
        name=recipe.name,
        weights_sha256=recipe.weights_sha256,
        preprocessing=_describe(recipe, execution.precision),
        dimension=runtime.dimension,
    )
    return FrozenEncoder(identity=identity, prepare=recipe.preparation, encode=runtime, cost=cost)


def _describe(recipe: NetworkDescription, precision: Precision) -> str:
    """Say the gist in words and all of it in a hash, for two preparations must never share a name.

    The encoder's whole name is in the hash: a key shows the end of long names only, and the same weights in two
    architectures, as with and without QuickGELU, are two encoders. So is one network at two precisions.
    """
    preparation = recipe.preparation
    everything = repr((recipe.name, sorted(asdict(preparation).items()), sorted(asdict(recipe.normalisation).items())))
    digest = hashlib.sha256(everything.encode()).hexdigest()[:8]
    exactness = "" if precision == "fp32" else f"-{precision}"
    return f"{preparation.resize_mode}{preparation.height}x{preparation.width}-{digest}{exactness}"
