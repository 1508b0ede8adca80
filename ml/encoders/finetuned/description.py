"""Reads the description of a fine-tuned encoder, without loading the network."""

import json
from typing import Any

from ml.encoders.finetuned.name import parse_finetuned_name
from ml.errors import EncoderUnavailable

FINETUNED_FORMAT = 1
NETWORK_TENSORS, DESCRIPTION = "network.safetensors", "description.json"


def read_description(name: str, content: bytes) -> dict[str, Any]:
    """Verify the description against the digest in the name, and parse it.

    Args: content: of the file DESCRIPTION of the encoder with this name.
    Raises:
        UnknownEncoder: the name is incomplete.
        EncoderUnavailable: the file is missing, was changed, or was written by a newer program.
    """
    if not parse_finetuned_name(name).names(content):
        raise changed_files(name)
    description: dict[str, Any] = json.loads(content)
    if description["format"] != FINETUNED_FORMAT:
        raise EncoderUnavailable(
            f"{name} is saved in format {description['format']}, only {FINETUNED_FORMAT} can be read: "
            "use a newer program."
        )
    return description


def changed_files(name: str) -> EncoderUnavailable:
    """Build the error for files that do not match the name."""
    return EncoderUnavailable(
        f"The files of {name} are not what was saved: fine-tune again, or roll back to a version of another encoder."
    )
