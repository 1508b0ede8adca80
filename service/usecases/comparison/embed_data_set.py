"""Embeds each image of a data set once, into the embedding cache; unreadable images are reported and skipped."""

from collections.abc import Iterator, Mapping, Sequence

from ml.encoders.base import Encoder
from ml.encoders.embedding import embed_images
from ml.images.image import ImageLimits
from service.domain.experiments.data_set import IdentifiedFile, copies
from service.domain.images.image import image_id_of
from service.domain.job import Progress
from service.ports import DataSet, EmbeddingCache

# Embeddings are written in batches, since each write takes as long as encoding an image; when the command is stopped,
# at most this many are lost.
IMAGES_WRITTEN_AT_ONCE = 32


def identify(data_set: DataSet) -> tuple[list[IdentifiedFile], dict[str, str]]:
    """Return the files that can be compared on and, by name, why others are left out."""
    identified: list[IdentifiedFile] = []
    reasons: dict[str, str] = {}
    for file in data_set.files:
        try:
            identified.append(IdentifiedFile(file=file, image_id=image_id_of(data_set.read(file.name))))
        except OSError as error:
            reasons[file.name] = _unreadable(error)
    reasons |= copies(identified)
    return [each for each in identified if each.file.name not in reasons], reasons


class EmbedDataSet:
    """Embeds the images of a data set that an encoder has not embedded yet."""

    def __init__(self, *, cache: EmbeddingCache, limits: ImageLimits) -> None:
        self._cache = cache
        self._limits = limits

    def embed(
        self, encoder: Encoder, data_set: DataSet, files: Sequence[IdentifiedFile], *, progress: Progress
    ) -> dict[str, str]:
        """Embed the files; returns by name why an image is unreadable."""
        names = {each.image_id: each.file.name for each in files}
        missing = self._cache.missing(encoder.identity, list(names))
        reasons: dict[str, str] = {}
        contents = _contents(data_set, {image_id: names[image_id] for image_id in missing}, reasons)
        done = 0
        for batch in embed_images(encoder, contents, self._limits, batch_size=IMAGES_WRITTEN_AT_ONCE):
            if batch.image_ids:
                self._cache.write(encoder.identity, batch.image_ids, batch.matrix)
            reasons |= {names[each.image_id]: each.reason for each in batch.unreadable}
            done += len(batch.image_ids) + len(batch.unreadable)
            progress(done / len(missing), f"{done} of {len(missing)} images embedded by {encoder.identity.name}")
        return reasons


def _contents(data_set: DataSet, names: Mapping[str, str], reasons: dict[str, str]) -> Iterator[tuple[str, bytes]]:
    """Yield the bytes of each image. Args: names: by image id; reasons: gets one per image that cannot be read now."""
    for image_id, name in names.items():
        try:
            yield image_id, data_set.read(name)
        except OSError as error:
            reasons[name] = _unreadable(error)


def _unreadable(error: OSError) -> str:
    return f"cannot be read: {error.strerror or error}"
