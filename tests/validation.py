"""Lets a test ask Label Studio's own validator about many predictions at once."""

from collections.abc import Mapping, Sequence
from typing import Any

from service.label_studio.predictions import prediction_faults


def validate_predictions(label_config: str, predictions: Sequence[Mapping[str, Any]]) -> list[str]:
    """Ask Label Studio's own validator what it would refuse; nothing when all is well.

    Args: predictions: as they are sent, each with `result`, `score` and `model_version`.
    """
    faults = prediction_faults(label_config, predictions)
    return [f"prediction {place}: {fault}" for place, those in enumerate(faults) for fault in those]
