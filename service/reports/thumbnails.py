"""Makes small pictures that are part of a page, so that it needs no other file."""

import io
from collections.abc import Callable, Iterable

from PIL import Image

from ml.errors import UnreadableImage
from ml.images.decoding import decode_image
from ml.images.image import ImageLimits, Pixels
from service.reports.data_address import data_address

SIDE_PIXELS = 112
JPEG_QUALITY = 70
# Limits the size of the page.
MOST_PICTURES = 48


def thumbnails(
    names: Iterable[str], read: Callable[[str], bytes | None], limits: ImageLimits, *, most: int
) -> dict[str, str]:
    """Return the first few images as data addresses by name, without those that cannot be read any more.

    Args: read: returns an image's bytes, or None if they are not available.
    """
    found: dict[str, str] = {}
    for name in names:
        content = read(name) if len(found) < most else None
        address = None if content is None else thumbnail(content, limits)
        if address is not None:
            found[name] = address
    return found


def thumbnail(content: bytes, limits: ImageLimits) -> str | None:
    """Return a small version of an image as a data address, or None if the image cannot be read."""
    try:
        return data_address(_jpeg(decode_image(content, limits)), "image/jpeg")
    except UnreadableImage:
        return None


def _jpeg(pixels: Pixels) -> bytes:
    image = Image.fromarray(pixels)
    image.thumbnail((SIDE_PIXELS, SIDE_PIXELS))
    content = io.BytesIO()
    image.save(content, "JPEG", quality=JPEG_QUALITY)
    return content.getvalue()
