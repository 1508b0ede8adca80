"""Reads the bytes of a project's images for the pictures of a report, if that is fast."""

from service.domain.errors import ImageUnavailable
from service.ports import ImageStore
from service.usecases.images.fetch_images import ImageReader

SECONDS_AN_IMAGE = 3.0
# After this many failures the place of the images is assumed to be down.
MOST_FAILURES = 3


class ImagePictures:
    """Reads images of one project until too many cannot be read: a report must not wait for them."""

    def __init__(self, project_id: str, images: ImageStore, reader: ImageReader) -> None:
        self._project_id = project_id
        self._images = images
        self._reader = reader
        self._failures = 0

    def read(self, image_id: str) -> bytes | None:
        """Read one image; None if it is not available quickly."""
        sources = self._images.sources_of(self._project_id, [image_id]).get(image_id, [])
        if not sources or self._failures >= MOST_FAILURES:
            return None
        try:
            return self._reader.read(sources[0], seconds_left=SECONDS_AN_IMAGE)
        except ImageUnavailable:
            self._failures += 1
            return None
