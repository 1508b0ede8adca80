"""Encoders through timm: any of its networks, with published weights or a checkpoint on disk."""

import hashlib
from collections.abc import Callable

import timm
from torch import nn

from ml.encoders.base import Execution
from ml.encoders.frozen import FrozenEncoder, Network, NetworkDescription, freeze
from ml.encoders.timm.description import FILE_NAME, normalisation_of, parse_timm_description, preparation_of
from ml.encoders.timm.name import parse_timm_name
from ml.encoders.weights import (
    UNLOADABLE,
    download_timm_network,
    empty_timm_network,
    read_tensors,
    read_text_beside,
    require_checkpoint,
)
from ml.errors import EncoderUnavailable
from ml.messages import first_line

# Inception's second classifier, which only helps while training; torchvision's weights come with it.
_TRAINING_ONLY = "AuxLogits."

Fetch = Callable[[str], nn.Module]


def load_timm(name: str, execution: Execution, *, fetch: Fetch = download_timm_network) -> FrozenEncoder:
    """Load the encoder with this name (see `parse_timm_name`): the pooled features that its classifier would read.

    Args: fetch: gives the network of a model whose weights are published. Raises: UnknownEncoder, EncoderUnavailable.
    """
    network = load_timm_network(name, fetch=fetch)
    try:
        return freeze(network, execution)
    except UNLOADABLE as error:
        raise EncoderUnavailable(f"{name} cannot be compiled for {execution.device}. ({first_line(error)})") from error


def load_timm_network(name: str, *, fetch: Fetch = download_timm_network) -> Network:
    """Load the network behind the encoder with this name, before it is frozen, its classifier taken off.

    Args: fetch: gives the network of a model whose weights are published. Raises: UnknownEncoder, EncoderUnavailable.
    """
    source = parse_timm_name(name)
    _check_tag(source.model)
    if source.checkpoint is None:
        network = _published(source.model, fetch)
    else:
        network = _from_checkpoint(source.model, require_checkpoint(source.checkpoint))
    return Network(module=network.eval(), recipe=_recipe(name, network))


def _check_tag(model: str) -> None:
    architecture, _, tag = model.partition(".")
    tags = [known.partition(".")[2] for known in timm.list_models(f"{architecture}.*", include_tags=True)]
    if tag and tag not in tags:
        raise EncoderUnavailable(f"{architecture} has no weights {tag!r}; it has: {', '.join(tags) or 'none'}.")


def _published(model: str, fetch: Fetch) -> nn.Module:
    if not timm.is_model_pretrained(model):
        raise EncoderUnavailable(f"timm publishes no weights of {model}: {_naming_a_checkpoint(model)}.")
    try:
        network = fetch(model)
    except UNLOADABLE as error:
        raise EncoderUnavailable(
            f"The weights of {model} could not be downloaded. Without a network, save the state dict of "
            f"timm.create_model({model!r}, pretrained=True) as safetensors where there is one, copy it here and "
            f"{_naming_a_checkpoint(model)}. ({first_line(error)})"
        ) from error
    _take_classifier_off(network)
    return network


def _naming_a_checkpoint(model: str) -> str:
    return f"name a checkpoint, timm:{model}@/path/to/checkpoint.safetensors"


def _from_checkpoint(model: str, path: str) -> nn.Module:
    try:
        described = parse_timm_description(read_text_beside(path, FILE_NAME), model.partition(".")[0])
        network = empty_timm_network(model, described)
        _load_strictly(network, path)
    except UNLOADABLE as error:
        raise EncoderUnavailable(
            f"{path} cannot be loaded as {model}: it is cut off, of another architecture, or holds more than "
            f"tensors. Fetch it again, or save its state dict as safetensors. ({first_line(error)})"
        ) from error
    return network


def _load_strictly(network: nn.Module, path: str) -> None:
    """Fill the network from a checkpoint with or without a classifier, of any number of classes.

    Not by timm's own loading, which lets some architectures keep their random weights and says nothing.
    """
    with_classifier = network.state_dict().keys()
    _take_classifier_off(network)
    surplus = with_classifier - network.state_dict().keys()
    network.load_state_dict(
        {
            name: tensor
            for name, tensor in read_tensors(path).items()
            if name not in surplus and not name.startswith(_TRAINING_ONLY)
        }
    )


def _take_classifier_off(network: nn.Module) -> None:
    # A few of timm's networks never had one.
    if hasattr(network, "reset_classifier"):
        network.reset_classifier(0)  # type: ignore[operator]  # timm's, which torch's types do not know


def _recipe(name: str, network: nn.Module) -> NetworkDescription:
    try:
        preparation, normalisation = preparation_of(network), normalisation_of(network)
    except (LookupError, TypeError, ValueError) as error:
        raise EncoderUnavailable(
            f"How images are prepared for {name} is not described as timm does: correct the {FILE_NAME} beside the "
            f"weights, or remove it. ({first_line(error)})"
        ) from error
    return NetworkDescription(
        name=name, weights_sha256=_weights_sha256(network), preparation=preparation, normalisation=normalisation
    )


def _weights_sha256(network: nn.Module) -> str:
    """The same whatever kind of file the weights came in."""
    digest = hashlib.sha256()
    for name, tensor in sorted(network.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.detach().contiguous().numpy().tobytes())
    return digest.hexdigest()
