"""Reads images and prepares them for an encoder's network, into a file rather than into memory."""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ml.decoding import decode_image
from ml.encoder import Prepared
from ml.errors import UnreadableImage
from ml.image import ImageLimits
from service.domain.errors import ImageUnavailable
from service.domain.image import Source
from service.domain.project import Project
from service.ports import ImageStore, Progress
from service.usecases.image_reader import ImageReader

if TYPE_CHECKING:
    from ml.encoders.preparation import Preparation

logger = logging.getLogger(__name__)

# Fetched together: what is in memory at a time is so many of the largest files allowed.
CHUNK = 32
FETCH_THREADS = 8


@dataclass(frozen=True, kw_only=True, eq=False)
class PreparedImages:
    """Images ready for a network: row i of images, (images, 3, height, width) uint8, belongs to image_ids[i]."""

    image_ids: tuple[str, ...]
    images: NDArray[np.uint8]


class PrepareImages:
    """Reads a project's images, each through the first of its sources that gives it."""

    def __init__(self, *, images: ImageStore, reader: ImageReader, limits: ImageLimits) -> None:
        self._images = images
        self._reader = reader
        self._limits = limits

    def prepare(
        self, project: Project, image_ids: Sequence[str], preparation: "Preparation", *, progress: Progress
    ) -> PreparedImages:
        """Those of the images that can be read; why others cannot is in the log."""
        rows = _rows_on_disk(len(image_ids), preparation)
        readable: list[str] = []
        with ThreadPoolExecutor(FETCH_THREADS) as pool:
            for start in range(0, len(image_ids), CHUNK):
                sources_of = self._images.sources_of(project.id, image_ids[start : start + CHUNK])
                outcomes = pool.map(lambda sources: self._prepare(sources, preparation), sources_of.values())
                for image_id, prepared in zip(sources_of, outcomes, strict=True):
                    if prepared is not None:
                        rows[len(readable)] = prepared
                        readable.append(image_id)
                progress(min(start + CHUNK, len(image_ids)) / len(image_ids), f"{len(readable)} images read")
        return PreparedImages(image_ids=tuple(readable), images=rows[: len(readable)])

    def _prepare(self, sources: Sequence[Source], preparation: "Preparation") -> Prepared | None:
        for source in sources:
            try:
                return preparation(decode_image(self._reader.read(source), self._limits))
            except (ImageUnavailable, UnreadableImage) as error:
                logger.warning("image of project %s: %s", source.project_id, error)
        return None


def _rows_on_disk(images: int, preparation: "Preparation") -> NDArray[np.uint8]:
    # The file has no name: its space is free again however this process ends.
    with TemporaryFile() as file:
        shape = (max(images, 1), 3, preparation.height, preparation.width)
        return np.memmap(file, dtype=np.uint8, mode="w+", shape=shape)
