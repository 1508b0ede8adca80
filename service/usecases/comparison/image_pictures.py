"""Gives the bytes of a project's images for pictures in a report, as far as they are quickly at hand."""

from service.domain.errors import ImageUnavailable
from service.ports import ImageStore
from service.usecases.images.fetch_images import ImageReader

SECONDS_AN_IMAGE = 3.0
# Whoever does not answer so often does not answer.
MOST_FAILURES = 3


class ImagePictures:
    """Reads images of one project until too many cannot be read: a report is no reason to wait."""

    def __init__(self, project_id: str, images: ImageStore, reader: ImageReader) -> None:
        self._project_id = project_id
        self._images = images
        self._reader = reader
        self._failures = 0

    def read(self, image_id: str) -> bytes | None:
        """Returns: None where the image is not at hand."""
        sources = self._images.sources_of(self._project_id, [image_id]).get(image_id, [])
        if not sources or self._failures >= MOST_FAILURES:
            return None
        try:
            return self._reader.read(sources[0], seconds_left=SECONDS_AN_IMAGE)
        except ImageUnavailable:
            self._failures += 1
            return None
