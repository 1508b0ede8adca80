"""Images that were left out of what is reported."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """An image that was left out of a comparison, and why."""

    image: str
    reason: str


def all_left_out(reasons: Mapping[str, str]) -> tuple[LeftOut, ...]:
    """List the left-out images in order of name.

    Args: reasons: the reason, by image.
    """
    return tuple(LeftOut(image=image, reason=reason) for image, reason in sorted(reasons.items()))
