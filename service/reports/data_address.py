"""Turns content into an address that contains it, so that a page needs no other file."""

import base64


def data_address(content: bytes, media_type: str) -> str:
    """Return the content as a data URL (RFC 2397)."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"
