"""Small pictures that stand inside a page, so that it needs nothing beside itself."""

import base64
import io
from collections.abc import Callable, Iterable

from PIL import Image

from ml.decoding import decode_image
from ml.image import ImageLimits, Pixels, UnreadableImage

SIDE = 112
JPEG_QUALITY = 70


def thumbnails(
    names: Iterable[str], read: Callable[[str], bytes | None], limits: ImageLimits, *, most: int
) -> dict[str, str]:
    """The first few images as data addresses by name, without those that cannot be read any more.

    Args: read: an image's bytes, None where they are not at hand.
    """
    found: dict[str, str] = {}
    for name in names:
        content = read(name) if len(found) < most else None
        if content is not None:
            found |= _thumbnail(name, content, limits)
    return found


def data_address(content: bytes, media_type: str) -> str:
    """The content itself as an address."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def _thumbnail(name: str, content: bytes, limits: ImageLimits) -> dict[str, str]:
    try:
        return {name: data_address(_jpeg(decode_image(content, limits)), "image/jpeg")}
    except UnreadableImage:
        return {}


def _jpeg(pixels: Pixels) -> bytes:
    image = Image.fromarray(pixels)
    image.thumbnail((SIDE, SIDE))
    content = io.BytesIO()
    image.save(content, "JPEG", quality=JPEG_QUALITY)
    return content.getvalue()
