"""Explains picked images: their closest classes, their labeled neighbours, and how many images they represent."""

from collections.abc import Iterator, Sequence

from ml.encoders.base import EncoderIdentity
from ml.ranking.explanation import (
    ClosestClass,
    NearestLabeledImages,
    nearest_labeled,
    represented_count,
    top_two_classes,
)
from ml.ranking.rank import RankedPool
from ml.types import Embeddings
from service.domain.images.image import LabeledImage
from service.domain.job import Progress
from service.domain.projects.project import Project
from service.domain.ranking.ranking import Explanation, NearestImage
from service.ports import EmbeddingCache, ImageStore
from service.usecases.labeled.labeled_splits import LabeledEmbeddings, labeled_images
from service.usecases.ranking.gather_pool import CHUNK_ROWS, GatheredPool

# More than people label before the next ranking; each further image costs a comparison with the whole pool.
MOST_EXPLAINED = 500
NEAREST_SHOWN = 3


class ExplainRanking:
    """Explains picked images; reads embeddings in chunks, unless the strategy has them in memory already."""

    def __init__(self, *, images: ImageStore, cache: EmbeddingCache) -> None:
        self._images = images
        self._cache = cache

    def explain(
        self, project: Project, gathered: GatheredPool, ranked: RankedPool, *, progress: Progress
    ) -> dict[str, Explanation]:
        """Explain the picked images, at most 500, by image id; empty if the pool has no embeddings."""
        if gathered.encoder is None:
            return {}
        rows = ranked.rows[: min(ranked.picked, MOST_EXPLAINED)].tolist()
        picked = self._cache.read(gathered.encoder, [gathered.image_ids[row] for row in rows])
        row_of = {gathered.image_ids[row]: row for row in rows}
        nearest = self._nearest(project, gathered, gathered.encoder, picked.matrix)
        counts = represented_count(picked.matrix, self._pool(gathered, gathered.encoder, progress))
        return {
            image_id: Explanation(
                closest_classes=_closest_classes(project, gathered, row_of[image_id]),
                nearest_labeled=nearest[place],
                stands_for=int(counts[place]),
            )
            for place, image_id in enumerate(picked.image_ids)
        }

    def _nearest(
        self, project: Project, gathered: GatheredPool, encoder: EncoderIdentity, embeddings: Embeddings
    ) -> list[tuple[NearestImage, ...]]:
        labeled: list[LabeledImage] = []

        def chunks() -> Iterator[Embeddings]:
            for images, matrix in self._labeled(project, gathered.labeled, encoder):
                labeled.extend(images)
                yield matrix

        found = nearest_labeled(embeddings, chunks(), k=NEAREST_SHOWN)
        return _nearest_images(found, labeled)

    def _labeled(
        self, project: Project, gathered: LabeledEmbeddings, encoder: EncoderIdentity
    ) -> Iterator[tuple[Sequence[LabeledImage], Embeddings]]:
        """Yield chunks of the labeled images: from memory if the strategy had them there, else from the cache."""
        if gathered.embeddings.shape[1]:
            for start in range(0, len(gathered.images), CHUNK_ROWS):
                rows = slice(start, start + CHUNK_ROWS)
                yield gathered.images[rows], gathered.embeddings[rows]
            return
        by_id = {image.image_id: image for image in labeled_images(self._images, project)}
        for chunk in self._cache.chunks(encoder, list(by_id), rows=CHUNK_ROWS):
            yield [by_id[image_id] for image_id in chunk.image_ids], chunk.matrix

    def _pool(self, gathered: GatheredPool, encoder: EncoderIdentity, progress: Progress) -> Iterator[Embeddings]:
        size = gathered.pool.size
        kept = gathered.pool.embeddings
        chunks = (
            (kept[start : start + CHUNK_ROWS] for start in range(0, size, CHUNK_ROWS))
            if kept.shape[1]
            else (chunk.matrix for chunk in self._cache.chunks(encoder, gathered.image_ids, rows=CHUNK_ROWS))
        )
        done = 0
        for chunk in chunks:
            yield chunk
            done += len(chunk)
            progress(done / size, f"reasons: {done} of {size} pool images compared")


def _closest_classes(project: Project, gathered: GatheredPool, row: int) -> tuple[ClosestClass, ...]:
    if gathered.pool.classify is None:
        return ()
    pool = gathered.pool
    return top_two_classes(pool.probabilities[row], project.active_labels, mode=pool.mode)


def _nearest_images(found: NearestLabeledImages, labeled: Sequence[LabeledImage]) -> list[tuple[NearestImage, ...]]:
    return [
        tuple(
            NearestImage(image_id=labeled[row].image_id, labels=labeled[row].labels, distance=distance)
            for row, distance in zip(rows, distances, strict=True)
        )
        for rows, distances in zip(found.rows.tolist(), found.distances.tolist(), strict=True)
    ]
