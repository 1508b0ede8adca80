"""Writes content as an address that holds it, so that a page needs nothing beside itself."""

import base64


def data_address(content: bytes, media_type: str) -> str:
    """The content as a data URL (RFC 2397)."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"
