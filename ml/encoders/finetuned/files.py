"""Packs a fine-tuned encoder into files that hold no code and show any changed byte, and loads it from them.

The whole network is kept, its frozen blocks too: whoever loads it needs no other weights, wherever those came from.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from hashlib import sha256
from importlib.metadata import version
from typing import Any

import safetensors.torch
from safetensors import SafetensorError
from torch import Tensor, nn

from ml.encoders.base import Execution
from ml.encoders.finetuned.description import DESCRIPTION, FORMAT, TENSORS, changed_files, read_description
from ml.encoders.frozen import FrozenEncoder, Network, NetworkDescription, freeze
from ml.encoders.preparation import Preparation
from ml.encoders.runtime import Normalisation
from ml.encoders.weights import empty_timm_network
from ml.errors import EncoderUnavailable
from ml.messages import first_line

LIBRARIES = ("timm", "torch", "safetensors")
# What of a network's configuration gives it its shape, beside its architecture.
_SHAPING = ("input_size", "fixed_input_size")


def pack_finetuned(network: Network, weights: Mapping[str, Tensor], extras: Mapping[str, Any]) -> dict[str, bytes]:
    """Files by name; `extras` (plain JSON) says how the weights came about.

    Args: network: what `ml.encoders.registry` opened; weights: all of its, after fine-tuning.
    """
    tensors = safetensors.torch.save(dict(weights))
    configuration = _configuration(network.module)
    description = {
        "format": FORMAT,
        "base": network.recipe.name,
        "base_weights_sha256": network.recipe.weights_sha256,
        "weights_sha256": sha256(tensors).hexdigest(),
        "architecture": _architecture(configuration),
        "configuration": {key: configuration[key] for key in _SHAPING},
        "preparation": asdict(network.recipe.preparation),
        "normalisation": asdict(network.recipe.normalisation),
        "libraries": {name: version(name) for name in LIBRARIES},
        "extras": dict(extras),
    }
    return {TENSORS: tensors, DESCRIPTION: json.dumps(description, indent=2, sort_keys=True).encode()}


def load_finetuned(name: str, files: Mapping[str, bytes], execution: Execution) -> FrozenEncoder:
    """Load the encoder with this name from its files. Raises: UnknownEncoder, EncoderUnavailable."""
    return freeze(unpack_finetuned(name, files), execution)


def unpack_finetuned(name: str, files: Mapping[str, bytes]) -> Network:
    """The network before it is frozen.

    Raises: UnknownEncoder; EncoderUnavailable: a file is missing or changed, or this timm builds another network.
    """
    description = read_description(name, files.get(DESCRIPTION, b""))
    if sha256(files.get(TENSORS, b"")).hexdigest() != description["weights_sha256"]:
        raise changed_files(name)
    try:
        module = _built(description)
        module.load_state_dict(safetensors.torch.load(files[TENSORS]))
    except (RuntimeError, ValueError, TypeError, AttributeError, SafetensorError) as error:
        raise EncoderUnavailable(
            f"The network of {name} cannot be built: it was fine-tuned with {description['libraries']}. "
            f"({first_line(error)})"
        ) from error
    return Network(module=module.eval(), recipe=_recipe(name, description))


def _configuration(module: nn.Module) -> dict[str, Any]:
    configuration: dict[str, Any] = module.pretrained_cfg  # type: ignore[assignment]  # timm's, not known to torch
    return configuration


def _architecture(configuration: Mapping[str, Any]) -> str:
    """With the tag of the published weights, on which more of the configuration hangs, where there is one."""
    name, tag = configuration["architecture"], configuration.get("tag")
    return f"{name}.{tag}" if tag else str(name)


def _built(description: Mapping[str, Any]) -> nn.Module:
    module = empty_timm_network(description["architecture"], description["configuration"], classes=0)
    module.reset_classifier(0)  # type: ignore[operator]  # timm's, which torch's types do not know
    return module


def _recipe(name: str, description: Mapping[str, Any]) -> NetworkDescription:
    channels = description["normalisation"]
    return NetworkDescription(
        name=name,
        weights_sha256=description["weights_sha256"],
        preparation=Preparation(**description["preparation"]),
        normalisation=Normalisation(mean=tuple(channels["mean"]), deviation=tuple(channels["deviation"])),
    )
