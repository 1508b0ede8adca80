"""Loads any timm network as an encoder, with published weights or a checkpoint on disk."""

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

# Inception's auxiliary classifier, used only in training; torchvision's weights include it.
_TRAINING_ONLY = "AuxLogits."

Fetch = Callable[[str], nn.Module]


def load_timm(name: str, execution: Execution, *, fetch: Fetch = download_timm_network) -> FrozenEncoder:
    """Load the encoder with this name (see `parse_timm_name`): the pooled features before the classifier.

    Args: fetch: returns the network of a model with published weights.
    Raises: UnknownEncoder, EncoderUnavailable.
    """
    network = load_timm_network(name, fetch=fetch)
    try:
        return freeze(network, execution)
    except UNLOADABLE as error:
        raise EncoderUnavailable(f"{name} cannot be compiled for {execution.device}. ({first_line(error)})") from error


def load_timm_network(name: str, *, fetch: Fetch = download_timm_network) -> Network:
    """Load the network of the encoder with this name, without its classifier, before it is frozen.

    Args: fetch: returns the network of a model with published weights.
    Raises: UnknownEncoder, EncoderUnavailable.
    """
    source = parse_timm_name(name)
    _check_tag(source.model)
    if source.checkpoint is None:
        network = _published(source.model, fetch)
    else:
        network = _from_checkpoint(source.model, require_checkpoint(source.checkpoint))
    return Network(module=network.eval(), description=_describe(name, network))


def _check_tag(model: str) -> None:
    architecture, _, tag = model.partition(".")
    tags = [known.partition(".")[2] for known in timm.list_models(f"{architecture}.*", include_tags=True)]
    if tag and tag not in tags:
        raise EncoderUnavailable(f"{architecture} has no weights {tag!r}; it has: {', '.join(tags) or 'none'}.")


def _published(model: str, fetch: Fetch) -> nn.Module:
    if not timm.is_model_pretrained(model):
        raise EncoderUnavailable(f"timm publishes no weights for {model}: {_hint_to_name_a_checkpoint(model)}.")
    try:
        network = fetch(model)
    except UNLOADABLE as error:
        raise EncoderUnavailable(
            f"The weights of {model} could not be downloaded. Without a network, save the state dict of "
            f"timm.create_model({model!r}, pretrained=True) as safetensors on another machine, copy it here and "
            f"{_hint_to_name_a_checkpoint(model)}. ({first_line(error)})"
        ) from error
    _remove_classifier(network)
    return network


def _hint_to_name_a_checkpoint(model: str) -> str:
    return f"name a checkpoint, timm:{model}@/path/to/checkpoint.safetensors"


def _from_checkpoint(model: str, path: str) -> nn.Module:
    try:
        described = parse_timm_description(read_text_beside(path, FILE_NAME), model.partition(".")[0])
        network = empty_timm_network(model, described)
        _load_strictly(network, path)
    except UNLOADABLE as error:
        raise EncoderUnavailable(
            f"{path} cannot be loaded as {model}: it is cut off, of another architecture, or has more than "
            f"tensors. Download it again, or save its state dict as safetensors. ({first_line(error)})"
        ) from error
    return network


def _load_strictly(network: nn.Module, path: str) -> None:
    """Load a checkpoint with or without a classifier, of any number of classes.

    timm's own loading is not used, because it silently leaves random weights in some architectures.
    """
    with_classifier = network.state_dict().keys()
    _remove_classifier(network)
    surplus = with_classifier - network.state_dict().keys()
    network.load_state_dict(
        {
            name: tensor
            for name, tensor in read_tensors(path).items()
            if name not in surplus and not name.startswith(_TRAINING_ONLY)
        }
    )


def _remove_classifier(network: nn.Module) -> None:
    # A few of timm's networks never had one.
    if hasattr(network, "reset_classifier"):
        network.reset_classifier(0)  # type: ignore[operator]  # timm's, which torch's types do not know


def _describe(name: str, network: nn.Module) -> NetworkDescription:
    try:
        preparation, normalisation = preparation_of(network), normalisation_of(network)
    except (LookupError, TypeError, ValueError) as error:
        raise EncoderUnavailable(
            f"The preparation of images for {name} is not in timm's format: correct the {FILE_NAME} beside the "
            f"weights, or remove it. ({first_line(error)})"
        ) from error
    return NetworkDescription(
        name=name, weights_sha256=_weights_sha256(network), preparation=preparation, normalisation=normalisation
    )


def _weights_sha256(network: nn.Module) -> str:
    """Hash the tensors, so that the hash does not depend on the file format of the checkpoint."""
    digest = hashlib.sha256()
    for name, tensor in sorted(network.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.detach().contiguous().numpy().tobytes())
    return digest.hexdigest()
