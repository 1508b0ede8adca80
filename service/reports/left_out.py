"""Images that were left out of what is reported."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from service.api.left_out import LeftOutView


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


def show_left_out(left_out: Iterable[LeftOut]) -> tuple[LeftOutView, ...]:
    """Convert left-out images to the form in which a record stores and sends them."""
    return tuple(LeftOutView(image=each.image, reason=each.reason) for each in left_out)


def read_left_out(views: Iterable[LeftOutView]) -> tuple[LeftOut, ...]:
    """Convert them back."""
    return tuple(LeftOut(image=each.image, reason=each.reason) for each in views)
