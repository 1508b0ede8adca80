"""Reads timm's configuration of a network: how its images are cropped, resized and normalised."""

import json
from collections.abc import Mapping
from typing import Any

from timm.data.config import resolve_model_data_config
from torch import nn

from ml.encoders.preparation import Preparation, ResizeMode
from ml.encoders.runtime import Normalisation

# Stored beside a checkpoint in timm's layout: {"architecture": ..., "pretrained_cfg": {...}}.
FILE_NAME = "config.json"
# Entries about the preparation of images; the other entries are about the origin of the weights.
_PREPARING = ("input_size", "fixed_input_size", "interpolation", "crop_pct", "crop_mode", "mean", "std")
_RESIZE_MODES: Mapping[str, ResizeMode] = {"center": "shortest", "squash": "squash", "border": "longest"}


def parse_timm_description(text: str | None, architecture: str) -> Mapping[str, Any]:
    """Return the entries to replace in timm's own configuration of the architecture; none without a text.

    Args: text: of the file FILE_NAME.
    Raises: ValueError: the text has another format, or describes another architecture.
    """
    if text is None:
        return {}
    content = json.loads(text)
    if not isinstance(content, dict) or content.get("architecture") != architecture:
        raise ValueError(f"{FILE_NAME} does not describe {architecture}")
    described: Mapping[str, Any] = content.get("pretrained_cfg", {})
    return {key: described[key] for key in _PREPARING if key in described}


def preparation_of(network: nn.Module) -> Preparation:
    """Return timm's preparation of test images for this network."""
    config = _config(network)
    _, height, width = config["input_size"]
    return Preparation(
        height=height,
        width=width,
        resize_mode=_RESIZE_MODES[config["crop_mode"]],
        interpolation="bilinear" if config["interpolation"] == "bilinear" else "bicubic",
        kept_fraction=float(config["crop_pct"]),
        # timm pads with the mean colour; networks that pad have the same mean in all channels.
        fill=round(255 * config["mean"][0]),
    )


def normalisation_of(network: nn.Module) -> Normalisation:
    """Return the normalisation that the network's weights expect."""
    config = _config(network)
    return Normalisation.on_unit_range(mean=config["mean"], deviation=config["std"])


def _config(network: nn.Module) -> Mapping[str, Any]:
    config: Mapping[str, Any] = resolve_model_data_config(network)  # type: ignore[no-untyped-call]
    return config
