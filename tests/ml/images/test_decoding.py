"""Tests decoding: uploaded files become the pixels that people see, and others are refused with a reason."""

import warnings
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageOps

from ml.errors import UnreadableImage
from ml.images.decoding import decode_image
from ml.images.image import ImageLimits, Pixels

LIMITS = ImageLimits()
RED = (250, 10, 20)


def _encoded(image: Image.Image, image_format: str, **options: Any) -> bytes:
    buffer = BytesIO()
    image.save(buffer, image_format, **options)
    return buffer.getvalue()


def _photo(width: int = 40, height: int = 24) -> Image.Image:
    """A smooth picture without symmetry: JPEG preserves it, and a wrong rotation is noticed."""
    rows, columns = np.mgrid[0:height, 0:width]
    channels = [rows * 255 / height, columns * 255 / width, (rows + 2 * columns) * 80 / width]
    return Image.fromarray(np.stack(channels, axis=2).astype(np.uint8))


def _grey_ramp() -> np.ndarray[Any, Any]:
    return np.linspace(0, 65535, 16 * 16).reshape(16, 16).astype(np.uint16)


def _assert_near(pixels: Pixels, expected: Any, *, tolerance: int = 1) -> None:
    assert pixels.dtype == np.uint8
    np.testing.assert_allclose(pixels.astype(int), np.asarray(expected).astype(int), atol=tolerance)


@pytest.mark.parametrize("image_format", ["PNG", "WEBP", "BMP", "TIFF", "GIF"])
def test_each_lossless_format_gives_its_exact_pixels(image_format: str) -> None:
    image = Image.new("RGB", (5, 3), RED)
    options = {"lossless": True} if image_format == "WEBP" else {}

    pixels = decode_image(_encoded(image, image_format, **options), LIMITS)

    _assert_near(pixels, image, tolerance=0)


@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("progressive", [False, True])
def test_plain_jpeg_gives_the_pixels_that_pillow_gives(mode: str, progressive: bool) -> None:
    content = _encoded(_photo().convert(mode), "JPEG", quality=90, progressive=progressive)

    pixels = decode_image(content, LIMITS)

    _assert_near(pixels, Image.open(BytesIO(content)).convert("RGB"))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_image_is_turned_as_its_exif_tag_says(image_format: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    content = _encoded(_photo(), image_format, exif=exif)
    expected = ImageOps.exif_transpose(Image.open(BytesIO(content))).convert("RGB")

    pixels = decode_image(content, LIMITS)

    _assert_near(pixels, expected)
    assert pixels.flags.c_contiguous


def test_cmyk_jpeg_becomes_rgb() -> None:
    content = _encoded(Image.new("RGB", (16, 16), RED).convert("CMYK"), "JPEG", quality=95)

    pixels = decode_image(content, LIMITS)

    _assert_near(pixels, np.full((16, 16, 3), RED), tolerance=4)


@pytest.mark.parametrize("image_format", ["PNG", "TIFF"])
def test_16_bit_grey_is_scaled_not_clipped(image_format: str) -> None:
    content = _encoded(Image.fromarray(_grey_ramp()), image_format)

    pixels = decode_image(content, LIMITS)

    _assert_near(pixels, np.repeat((_grey_ramp() / 257)[..., None], 3, axis=2))


def test_32_bit_image_is_refused_for_its_range_is_unknown() -> None:
    content = _encoded(Image.fromarray(np.zeros((4, 4), dtype=np.float32)), "TIFF")

    with pytest.raises(UnreadableImage, match="32 bits"):
        decode_image(content, LIMITS)


def test_bilevel_image_becomes_black_and_white() -> None:
    content = _encoded(Image.new("1", (3, 3), 1), "PNG")

    pixels = decode_image(content, LIMITS)

    assert (pixels == 255).all()


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparent_pixels_become_white(mode: str) -> None:
    content = _encoded(Image.new("RGBA", (4, 4), (0, 0, 0, 0)).convert(mode), "PNG")

    pixels = decode_image(content, LIMITS)

    assert (pixels == 255).all()


def test_half_transparent_pixels_are_mixed_with_white() -> None:
    content = _encoded(Image.new("RGBA", (4, 4), (255, 0, 0, 128)), "PNG")

    pixels = decode_image(content, LIMITS)

    _assert_near(pixels, np.full((4, 4, 3), (255, 127, 127)))


def test_transparent_palette_colour_becomes_white() -> None:
    image = Image.new("P", (4, 4), 0)
    image.putpalette([10, 20, 30, 40, 50, 60])
    image.putpixel((0, 0), 1)
    content = _encoded(image, "PNG", transparency=bytes([255, 0]))

    pixels = decode_image(content, LIMITS)

    assert pixels[0, 0].tolist() == [255, 255, 255]
    assert pixels[1, 1].tolist() == [10, 20, 30]


@pytest.mark.parametrize("image_format", ["GIF", "WEBP", "PNG", "TIFF"])
def test_first_frame_of_an_animation_is_taken(image_format: str) -> None:
    first, second = Image.new("RGB", (8, 8), RED), Image.new("RGB", (8, 8), "blue")
    options = {"lossless": True} if image_format == "WEBP" else {}
    content = _encoded(first, image_format, save_all=True, append_images=[second], **options)

    pixels = decode_image(content, LIMITS)

    _assert_near(pixels, first, tolerance=0)


def test_jpeg_with_more_pictures_behind_the_first_is_read() -> None:
    content = _encoded(_photo(), "MPO", save_all=True, append_images=[_photo()])

    pixels = decode_image(content, LIMITS)

    assert pixels.shape == (24, 40, 3)


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "GIF"])
def test_one_pixel_is_an_image(image_format: str) -> None:
    pixels = decode_image(_encoded(Image.new("RGB", (1, 1), RED), image_format), LIMITS)

    assert pixels.shape == (1, 1, 3)


def test_empty_file_is_refused() -> None:
    with pytest.raises(UnreadableImage, match="empty"):
        decode_image(b"", LIMITS)


@pytest.mark.parametrize("content", [b"not an image", b"\xff\xd8\xff", b"<svg/>", b"\x89PNG\r\n\x1a\n", b"\0" * 100])
def test_what_is_no_image_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableImage):
        decode_image(content, LIMITS)


def test_format_outside_the_allowed_ones_is_refused() -> None:
    content = _encoded(_photo(), "PPM")

    with pytest.raises(UnreadableImage, match="format we read"):
        decode_image(content, LIMITS)


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"])
@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9])
def test_truncated_file_is_refused(image_format: str, kept: float) -> None:
    content = _encoded(_noise(), image_format)

    with pytest.raises(UnreadableImage):
        decode_image(content[: int(len(content) * kept)], LIMITS)


def test_jpeg_cut_off_and_closed_again_is_refused() -> None:
    content = _encoded(_noise(), "JPEG")

    with pytest.raises(UnreadableImage, match="cut off"):
        decode_image(content[: len(content) // 2] + b"\xff\xd9", LIMITS)


def test_jpeg_with_harmless_bytes_behind_it_is_read() -> None:
    content = _encoded(_photo(), "JPEG")

    pixels = decode_image(content + b"written by some camera", LIMITS)

    assert pixels.shape == (24, 40, 3)


def test_too_many_bytes_are_refused() -> None:
    content = _encoded(_photo(), "PNG")

    with pytest.raises(UnreadableImage, match=r"bytes; at most 10 "):
        decode_image(content, ImageLimits(max_bytes=10))


@pytest.mark.parametrize("image_format", ["JPEG", "PNG"])
def test_too_many_pixels_are_refused_from_the_header_alone(image_format: str) -> None:
    header = _encoded(_noise(), image_format)[:700]

    with pytest.raises(UnreadableImage, match=r"4,096 pixels; at most 4,095 "):
        decode_image(header, ImageLimits(max_pixels=4095))


@pytest.mark.parametrize("side", [10_000, 40_000])
def test_decompression_bomb_is_refused_without_a_warning(side: int) -> None:
    bomb = bytearray(_encoded(Image.new("RGB", (1, 1)), "BMP"))
    bomb[18:26] = side.to_bytes(4, "little") * 2

    with warnings.catch_warnings(record=True) as caught, pytest.raises(UnreadableImage, match="pixels"):
        decode_image(bytes(bomb), LIMITS)

    assert caught == []


def test_image_without_width_is_refused() -> None:
    empty = bytearray(_encoded(Image.new("RGB", (1, 1)), "GIF"))
    empty[6:8] = b"\0\0"
    empty[empty.index(b",") + 5 : empty.index(b",") + 7] = b"\0\0"

    with pytest.raises(UnreadableImage):
        decode_image(bytes(empty), LIMITS)


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"])
def test_damaged_bytes_give_pixels_or_a_refusal_and_nothing_else(image_format: str) -> None:
    rng = np.random.default_rng(0)
    sound = _encoded(_noise(), image_format)

    for _ in range(60):
        content = bytearray(sound)
        for position in rng.integers(0, min(len(content), 400), size=4):
            content[position] = rng.integers(256)
        try:
            pixels = decode_image(bytes(content), ImageLimits(max_pixels=100_000))
        except UnreadableImage:
            continue
        assert pixels.ndim == 3


def _noise() -> Image.Image:
    """A picture of noise that no format compresses well, so that truncation cuts into its pixels."""
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8))
