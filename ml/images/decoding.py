"""Decodes the bytes of an image file into pixels; the error gives the reason in one sentence."""

import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from io import BytesIO

import numpy as np
import simplejpeg
from PIL import ExifTags, Image, UnidentifiedImageError

from ml.errors import UnreadableImage
from ml.images.image import ImageLimits, Pixels
from ml.warnings_filter import without_warnings

# Pillow reads dozens of formats, but each format is more code that runs on bytes from strangers.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")

# Exceptions that Pillow and its plugins raise on damaged files.
_DAMAGED = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    MemoryError,
    struct.error,
    zlib.error,
)
_WIDE_MODES = ("I", "F")
_LARGEST_16_BIT = 65535
_LARGEST_8_BIT = 255
# EXIF orientation tag -> operation that turns the image upright.
_UPRIGHT: Mapping[int, Callable[[Pixels], Pixels]] = {
    2: lambda pixels: pixels[:, ::-1],
    3: lambda pixels: pixels[::-1, ::-1],
    4: lambda pixels: pixels[::-1],
    5: lambda pixels: pixels.transpose(1, 0, 2),
    6: lambda pixels: np.rot90(pixels, -1),
    7: lambda pixels: np.rot90(pixels, 2).transpose(1, 0, 2),
    8: np.rot90,
}


def decode_image(content: bytes, limits: ImageLimits) -> Pixels:
    """Decode the first frame at full size, upright, transparency blended over white. Thread-safe.

    Raises: UnreadableImage.
    """
    if not content:
        raise UnreadableImage("The file is empty.")
    if len(content) > limits.max_bytes:
        raise UnreadableImage(f"The file has {len(content):,} bytes; at most {limits.max_bytes:,} are accepted.")
    with _report_damage(), _open(content) as image:
        _check_size(image, limits)
        pixels = _fast_jpeg(image, content) if _is_plain_jpeg(image) else _through_pillow(image)
        upright = _UPRIGHT.get(_orientation(image))
    return pixels if upright is None else np.ascontiguousarray(upright(pixels))


@contextmanager
def _report_damage() -> Iterator[None]:
    try:
        yield
    except Image.DecompressionBombError as error:
        raise UnreadableImage("The image has far more pixels than are accepted.") from error
    except _DAMAGED as error:
        raise UnreadableImage(f"The image is damaged or cut off: {error}.") from error


def _open(content: bytes) -> Image.Image:
    """Read the header only."""
    try:
        with without_warnings():
            return Image.open(BytesIO(content), formats=FORMATS)
    except UnidentifiedImageError as error:
        raise UnreadableImage(f"The file is not an image in a format we read ({', '.join(FORMATS)}).") from error


def _check_size(image: Image.Image, limits: ImageLimits) -> None:
    width, height = image.size
    if width < 1 or height < 1:
        raise UnreadableImage(f"The image is {width} x {height} pixels: it is empty.")
    if width * height > limits.max_pixels:
        raise UnreadableImage(f"The image has {width * height:,} pixels; at most {limits.max_pixels:,} are accepted.")


def _is_plain_jpeg(image: Image.Image) -> bool:
    # MPO is Pillow's name for a JPEG with more pictures after the first one, as many phones write.
    return image.format in ("JPEG", "MPO") and image.mode in ("RGB", "L")


def _fast_jpeg(image: Image.Image, content: bytes) -> Pixels:
    """Decode three times faster than Pillow, to the same pixels."""
    try:
        pixels: Pixels = simplejpeg.decode_jpeg(content, colorspace="RGB", strict=True)
    except ValueError as error:
        # libjpeg also reports many harmless defects, which Pillow reads; but Pillow would fill missing data with grey.
        if "premature end" in str(error).lower():
            raise
        return _through_pillow(image)
    return pixels


def _through_pillow(image: Image.Image) -> Pixels:
    # Pillow reads the tags of a TIFF, and warns about them, only now.
    with without_warnings() if image.format == "TIFF" else nullcontext():
        image.load()
    if image.mode in _WIDE_MODES:
        raise UnreadableImage("The image has 32 bits per channel; save it with 8 or 16.")
    if image.mode.startswith("I;16"):
        return _from_16_bit(image)
    return np.array(_on_white(image) if image.has_transparency_data else image.convert("RGB"))


def _from_16_bit(image: Image.Image) -> Pixels:
    """Scale to 8 bit, because Pillow's own conversion clips in some versions."""
    grey = np.asarray(image).astype(np.float32) * (_LARGEST_8_BIT / _LARGEST_16_BIT)
    return np.repeat(np.rint(grey).astype(np.uint8)[..., np.newaxis], 3, axis=2)


def _on_white(image: Image.Image) -> Image.Image:
    opaque = Image.new("RGBA", image.size, "white")
    opaque.alpha_composite(image.convert("RGBA"))
    return opaque.convert("RGB")


def _orientation(image: Image.Image) -> int:
    # After loading: a PNG may have its EXIF after the pixels, and Pillow rotates a TIFF itself and then drops the tag.
    with without_warnings():
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
