"""Saves a fine-tuned encoder as files without executable code, with checksums, and loads it again.

The whole network is saved, including its frozen blocks, so that loading needs no other weights.
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
from ml.encoders.finetuned.description import (
    DESCRIPTION,
    FINETUNED_FORMAT,
    NETWORK_TENSORS,
    changed_files,
    read_description,
)
from ml.encoders.frozen import FrozenEncoder, Network, NetworkDescription, freeze
from ml.encoders.preparation import Preparation
from ml.encoders.runtime import Normalisation
from ml.encoders.weights import empty_timm_network
from ml.errors import EncoderUnavailable
from ml.messages import first_line

LIBRARIES = ("timm", "torch", "safetensors")
# Entries of a network's configuration that change its shape, beside its architecture.
_SHAPING = ("input_size", "fixed_input_size")


def pack_finetuned(network: Network, weights: Mapping[str, Tensor], extras: Mapping[str, Any]) -> dict[str, bytes]:
    """Return the files by name; `extras` (plain JSON) records how the weights were made.

    Args: network: loaded by `ml.encoders.registry`; weights: of the whole network, after fine-tuning.
    """
    tensors = safetensors.torch.save(dict(weights))
    configuration = _configuration(network.module)
    description = {
        "format": FINETUNED_FORMAT,
        "base": network.description.name,
        "base_weights_sha256": network.description.weights_sha256,
        "weights_sha256": sha256(tensors).hexdigest(),
        "architecture": _architecture(configuration),
        "configuration": {key: configuration[key] for key in _SHAPING},
        "preparation": asdict(network.description.preparation),
        "normalisation": asdict(network.description.normalisation),
        "libraries": {name: version(name) for name in LIBRARIES},
        "extras": dict(extras),
    }
    return {NETWORK_TENSORS: tensors, DESCRIPTION: json.dumps(description, indent=2, sort_keys=True).encode()}


def load_finetuned(name: str, files: Mapping[str, bytes], execution: Execution) -> FrozenEncoder:
    """Load the encoder with this name from its files. Raises: UnknownEncoder, EncoderUnavailable."""
    return freeze(unpack_finetuned(name, files), execution)


def unpack_finetuned(name: str, files: Mapping[str, bytes]) -> Network:
    """Load the network before it is frozen.

    Raises:
        UnknownEncoder: the name is incomplete.
        EncoderUnavailable: a file is missing or changed, or this version of timm builds another network.
    """
    description = read_description(name, files.get(DESCRIPTION, b""))
    if sha256(files.get(NETWORK_TENSORS, b"")).hexdigest() != description["weights_sha256"]:
        raise changed_files(name)
    try:
        module = _build(description)
        module.load_state_dict(safetensors.torch.load(files[NETWORK_TENSORS]))
    except (RuntimeError, ValueError, TypeError, AttributeError, SafetensorError) as error:
        raise EncoderUnavailable(
            f"The network of {name} cannot be built: it was fine-tuned with {description['libraries']}. "
            f"({first_line(error)})"
        ) from error
    return Network(module=module.eval(), description=_network_description(name, description))


def _configuration(module: nn.Module) -> dict[str, Any]:
    configuration: dict[str, Any] = module.pretrained_cfg  # type: ignore[assignment]  # timm's, not known to torch
    return configuration


def _architecture(configuration: Mapping[str, Any]) -> str:
    """Return the architecture, with the tag of published weights if there is one: the configuration depends on it."""
    name, tag = configuration["architecture"], configuration.get("tag")
    return f"{name}.{tag}" if tag else str(name)


def _build(description: Mapping[str, Any]) -> nn.Module:
    module = empty_timm_network(description["architecture"], description["configuration"], classes=0)
    module.reset_classifier(0)  # type: ignore[operator]  # timm's, which torch's types do not know
    return module


def _network_description(name: str, description: Mapping[str, Any]) -> NetworkDescription:
    channels = description["normalisation"]
    return NetworkDescription(
        name=name,
        weights_sha256=description["weights_sha256"],
        preparation=Preparation(**description["preparation"]),
        normalisation=Normalisation(mean=tuple(channels["mean"]), deviation=tuple(channels["deviation"])),
    )
