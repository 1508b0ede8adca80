"""Reads images and preprocesses them for an encoder's network, into a file instead of memory."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ml.encoders.base import Prepared
from ml.images.decoding import decode_image
from ml.images.image import ImageLimits
from service.domain.images.image import Source
from service.domain.job import Progress
from service.domain.projects.project import Project
from service.ports import ImageStore
from service.usecases.images.fetch_images import ImageReader

if TYPE_CHECKING:
    from ml.encoders.preparation import Preparation

# Images fetched together: at most this many files are in memory at a time.
PREPARED_PER_FETCH = 32


@dataclass(frozen=True, kw_only=True, eq=False)
class PreparedImages:
    """Images ready for a network: row i of images, (images, 3, height, width) uint8, belongs to image_ids[i]."""

    image_ids: tuple[str, ...]
    images: NDArray[np.uint8]


class PrepareImages:
    """Reads a project's images, each from the first of its sources that works."""

    def __init__(self, *, images: ImageStore, reader: ImageReader, limits: ImageLimits) -> None:
        self._images = images
        self._reader = reader
        self._limits = limits

    def prepare(
        self, project: Project, image_ids: Sequence[str], preparation: "Preparation", *, progress: Progress
    ) -> PreparedImages:
        """Read and preprocess images; unreadable ones are left out, and the reason is logged."""
        rows = _rows_on_disk(len(image_ids), preparation)
        readable: list[str] = []
        for start in range(0, len(image_ids), PREPARED_PER_FETCH):
            sources_of = self._images.sources_of(project.id, image_ids[start : start + PREPARED_PER_FETCH])
            for image_id, prepared in self._prepared(sources_of, preparation):
                rows[len(readable)] = prepared
                readable.append(image_id)
            progress(min(start + PREPARED_PER_FETCH, len(image_ids)) / len(image_ids), f"{len(readable)} images read")
        return PreparedImages(image_ids=tuple(readable), images=rows[: len(readable)])

    def _prepared(
        self, sources_of: Mapping[str, Sequence[Source]], preparation: "Preparation"
    ) -> Iterator[tuple[str, Prepared]]:
        """Yield the readable images; if a source fails, the next source of the image is used."""

        def use(_source: Source, content: bytes) -> Prepared:
            return preparation(decode_image(content, self._limits))

        remaining = dict(sources_of)
        while remaining:
            firsts = [sources[0] for sources in remaining.values()]
            # Not recorded: these images were readable before, so a failure now must not remove them from the project.
            outcomes = list(self._reader.fetch_many(firsts, use, record=False))
            for image_id, outcome in zip(remaining, outcomes, strict=True):
                if isinstance(outcome, np.ndarray):
                    yield image_id, outcome
            failed = [not isinstance(outcome, np.ndarray) for outcome in outcomes]
            remaining = {
                image_id: sources[1:]
                for (image_id, sources), has_failed in zip(remaining.items(), failed, strict=True)
                if has_failed and len(sources) > 1
            }


def _rows_on_disk(images: int, preparation: "Preparation") -> NDArray[np.uint8]:
    # The file has no name, so its space is freed however this process ends.
    with TemporaryFile() as file:
        shape = (max(images, 1), 3, preparation.height, preparation.width)
        return np.memmap(file, dtype=np.uint8, mode="w+", shape=shape)
