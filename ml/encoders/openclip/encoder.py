"""Loads CLIP encoders with open_clip: from a folder, a checkpoint file, or by a pretrained tag that is downloaded."""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import open_clip
import torch
from open_clip.factory import merge_preprocess_dict
from open_clip.pretrained import get_pretrained_cfg
from torch import Tensor, nn

from ml.encoders.base import Execution
from ml.encoders.frozen import FrozenEncoder, Network, NetworkDescription, freeze
from ml.encoders.openclip.name import CheckpointFile, LocalFolder, OpenClipSource, PretrainedTag, parse_openclip_name
from ml.encoders.preparation import Preparation
from ml.encoders.runtime import Normalisation
from ml.encoders.weights import (
    UNLOADABLE,
    download_clip_weights,
    load_clip,
    load_clip_tokenizer,
    require_checkpoint,
    require_checkpoint_in,
    sha256_of,
)
from ml.errors import EncoderUnavailable
from ml.messages import first_line
from ml.types import Embeddings

_FOLDER_CONFIG = "open_clip_config.json"
_FOLDER_WEIGHTS = "open_clip_model.safetensors"

Download = Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True, kw_only=True)
class OpenClipEncoder(FrozenEncoder):
    """An image encoder with a text side in the same space (CLIP)."""

    clip: Any
    tokenize: Callable[[list[str]], Tensor]

    @property
    def logit_scale(self) -> float:
        """Factor of the cosines before softmax; the exponential of the trained parameter."""
        return float(self.clip.logit_scale.detach().exp())

    def encode_texts(self, texts: Sequence[str]) -> Embeddings:
        if not texts:
            return self.encode.no_embeddings()
        with torch.inference_mode():
            embeddings: Embeddings = self.clip.encode_text(self.tokenize(list(texts)), normalize=True).numpy()
        return embeddings


def load_openclip(name: str, execution: Execution, *, download: Download = download_clip_weights) -> OpenClipEncoder:
    """Load the encoder with this name (see `parse_openclip_name`); texts are encoded on the CPU.

    Args: download: downloads the weights of an entry in open_clip's table of tags, and returns their path.
    Raises: UnknownEncoder, EncoderUnavailable.
    """
    weights = _find_weights(parse_openclip_name(name), download)
    clip = _load_clip(weights)
    preprocess: Mapping[str, Any] = clip.visual.preprocess_cfg
    description = NetworkDescription(
        name=name,
        weights_sha256=sha256_of(weights.path),
        preparation=_preparation(preprocess),
        normalisation=Normalisation.on_unit_range(mean=preprocess["mean"], deviation=preprocess["std"]),
    )
    # A CPU runs a compiled copy, but a GPU runs the network itself, which must stay complete and on the GPU.
    visible = clip if execution.device == "cpu" else deepcopy(clip)
    encoder = freeze(Network(module=_ImageSide(visible), description=description), execution)
    del clip.visual
    return OpenClipEncoder(
        identity=encoder.identity,
        prepare=encoder.prepare,
        encode=encoder.encode,
        cost=encoder.cost,
        clip=clip.cpu(),
        tokenize=_load_tokenizer(weights),
    )


@dataclass(frozen=True, kw_only=True)
class _Weights:
    """A checkpoint file, with the arguments that open_clip needs to read it."""

    architecture: str
    path: str
    preprocessing: Mapping[str, Any]
    quick_gelu: bool = False


class _ImageSide(nn.Module):
    def __init__(self, clip: nn.Module) -> None:
        super().__init__()
        self.clip = clip

    def forward(self, images: Tensor) -> Tensor:
        features: Tensor = self.clip.encode_image(images)  # type: ignore[operator]  # open_clip's, untyped
        return features


def _find_weights(source: OpenClipSource, download: Download) -> _Weights:
    match source:
        case LocalFolder():
            return _in_folder(source.folder)
        case CheckpointFile():
            return _Weights(
                architecture=source.architecture,
                path=require_checkpoint(source.path),
                preprocessing=_usual_preprocessing(source.architecture),
            )
        case PretrainedTag():
            return _downloaded(source, download)


def _in_folder(folder: str) -> _Weights:
    # open_clip itself would take any checkpoint in the folder, or random weights if there is none.
    path = require_checkpoint_in(folder, weights=_FOLDER_WEIGHTS, config=_FOLDER_CONFIG)
    return _Weights(architecture=f"local-dir:{folder}", path=path, preprocessing={})


def _usual_preprocessing(architecture: str) -> Mapping[str, Any]:
    """Return the preprocessing that all published weights of an architecture share; else empty, open_clip's default.

    A checkpoint alone does not record how its images were prepared.
    """
    tags = open_clip.list_pretrained_tags_by_model(architecture)
    published = [merge_preprocess_dict({}, get_pretrained_cfg(architecture, tag)) for tag in tags]
    return published[0] if published and all(entry == published[0] for entry in published) else {}


def _downloaded(source: PretrainedTag, download: Download) -> _Weights:
    entry: Mapping[str, Any] = get_pretrained_cfg(source.architecture, source.tag)
    if not entry:
        known = ", ".join(open_clip.list_pretrained_tags_by_model(source.architecture)) or "none"
        raise EncoderUnavailable(f"{source.architecture} has no pretrained weights {source.tag!r}; it has: {known}.")
    try:
        path = download(entry)
    except (OSError, RuntimeError, ValueError) as error:
        raise EncoderUnavailable(
            f"The weights {source.tag!r} of {source.architecture} could not be downloaded. Without a network, copy "
            f"the checkpoint here and name it: openclip:{source.architecture}//path/to/checkpoint.safetensors."
        ) from error
    return _Weights(
        architecture=source.architecture,
        path=path,
        preprocessing=merge_preprocess_dict({}, dict(entry)),
        quick_gelu=bool(entry.get("quick_gelu", False)),
    )


def _load_clip(weights: _Weights) -> Any:
    try:
        return load_clip(
            weights.architecture,
            None if weights.architecture.startswith("local-dir:") else weights.path,
            preprocessing=weights.preprocessing,
            quick_gelu=weights.quick_gelu,
        )
    except UNLOADABLE as error:
        raise EncoderUnavailable(
            f"{weights.path} cannot be loaded as {weights.architecture}: it is cut off, of another architecture, or "
            f"has more than tensors. Download it again, or save its state dict as safetensors. ({first_line(error)})"
        ) from error


def _load_tokenizer(weights: _Weights) -> Callable[[list[str]], Tensor]:
    try:
        tokenizer: Callable[[list[str]], Tensor] = load_clip_tokenizer(weights.architecture)
    except (OSError, ImportError, ValueError, RuntimeError) as error:
        raise EncoderUnavailable(
            f"The tokenizer of {weights.architecture} cannot be loaded: it needs the package transformers and either a "
            f"network or the tokenizer's files in the weights' folder. ({first_line(error)})"
        ) from error
    return tokenizer


def _preparation(config: Mapping[str, Any]) -> Preparation:
    size = config["size"]
    height, width = (size, size) if isinstance(size, int) else size
    return Preparation(
        height=height,
        width=width,
        resize_mode=config["resize_mode"],
        interpolation="bilinear" if config["interpolation"] == "bilinear" else "bicubic",
        fill=config["fill_color"],
    )
