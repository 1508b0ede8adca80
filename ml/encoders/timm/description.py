"""Turns what timm's weights say of themselves into how images are prepared for them."""

import json
from collections.abc import Mapping
from typing import Any

from timm.data.config import resolve_model_data_config
from torch import nn

from ml.encoders.preparation import Preparation, ResizeMode
from ml.encoders.runtime import Normalisation

# Lies beside a checkpoint in the layout that timm publishes: {"architecture": ..., "pretrained_cfg": {...}}.
FILE_NAME = "config.json"
# What of such a description says how images are prepared; the rest says where the weights came from.
_PREPARING = ("input_size", "fixed_input_size", "interpolation", "crop_pct", "crop_mode", "mean", "std")
_RESIZE_MODES: Mapping[str, ResizeMode] = {"center": "shortest", "squash": "squash", "border": "longest"}


def parse_timm_description(text: str | None, architecture: str) -> Mapping[str, Any]:
    """Return the entries to replace in timm's own description of the architecture; none without a text.

    Args: text: of the file FILE_NAME. Raises: ValueError: it describes nothing, or another architecture.
    """
    if text is None:
        return {}
    content = json.loads(text)
    if not isinstance(content, dict) or content.get("architecture") != architecture:
        raise ValueError(f"{FILE_NAME} does not describe {architecture}")
    described: Mapping[str, Any] = content.get("pretrained_cfg", {})
    return {key: described[key] for key in _PREPARING if key in described}


def preparation_of(network: nn.Module) -> Preparation:
    """How timm crops and resizes for this network when it is tested."""
    config = _config(network)
    _, height, width = config["input_size"]
    return Preparation(
        height=height,
        width=width,
        resize_mode=_RESIZE_MODES[config["crop_mode"]],
        interpolation="bilinear" if config["interpolation"] == "bilinear" else "bicubic",
        kept_fraction=float(config["crop_pct"]),
        # timm pads with the mean colour; those that pad have the same mean in all channels.
        fill=round(255 * config["mean"][0]),
    )


def normalisation_of(network: nn.Module) -> Normalisation:
    """What this network's weights expect to be taken off and divided by."""
    config = _config(network)
    return Normalisation.on_unit_range(mean=config["mean"], deviation=config["std"])


def _config(network: nn.Module) -> Mapping[str, Any]:
    config: Mapping[str, Any] = resolve_model_data_config(network)  # type: ignore[no-untyped-call]
    return config
