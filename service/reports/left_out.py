"""Images that had no part in what is reported."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """An image that was not compared on, and why."""

    image: str
    reason: str


def all_left_out(reasons: Mapping[str, str]) -> tuple[LeftOut, ...]:
    """In order of name. Args: reasons: why, by image."""
    return tuple(LeftOut(image=image, reason=reason) for image, reason in sorted(reasons.items()))
