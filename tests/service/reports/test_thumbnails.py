"""Small pictures inside a page."""

import base64
import io

from PIL import Image

from ml.images.image import ImageLimits
from service.reports.thumbnails import SIDE_PIXELS, thumbnails
from tests.service.assembled import a_png

IMAGES = {"large": a_png(size=600), "torn": b"no image", "small": a_png(size=8)}


def opened(address: str) -> Image.Image:
    media_type, content = address.split(";base64,")
    assert media_type == "data:image/jpeg"
    return Image.open(io.BytesIO(base64.b64decode(content)))


def test_large_images_become_small_and_small_ones_stay() -> None:
    found = thumbnails(["large", "small"], IMAGES.get, ImageLimits(), most=5)

    assert [opened(found[name]).size for name in ("large", "small")] == [(SIDE_PIXELS, SIDE_PIXELS), (8, 8)]


def test_what_cannot_be_read_has_no_picture() -> None:
    assert set(thumbnails(["torn", "gone", "small"], IMAGES.get, ImageLimits(), most=5)) == {"small"}


def test_there_are_no_more_than_asked_for() -> None:
    assert set(thumbnails(["large", "small"], IMAGES.get, ImageLimits(), most=1)) == {"large"}
