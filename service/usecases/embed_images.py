"""The embed job: fetches what was never fetched, embeds what was never embedded."""

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from ml.embedding import embed_images
from ml.image import ImageLimits
from service.domain.errors import ImageUnavailable
from service.domain.image import Source, image_id_of
from service.domain.project import Project
from service.ports import EmbeddingCache, ImageStore, Progress, ProjectStore
from service.usecases.image_reader import ImageReader
from service.usecases.loaded_encoders import LoadedEncoders

logger = logging.getLogger(__name__)

# Images fetched and embeddings written together: what is in memory at a time is so many of the largest files allowed.
CHUNK = 32
FETCH_THREADS = 8


class EmbedImages:
    """Brings a project's images into the embedding cache, each once; what cannot be read is recorded and passed by."""

    def __init__(
        self,
        *,
        projects: ProjectStore,
        images: ImageStore,
        cache: EmbeddingCache,
        encoders: LoadedEncoders,
        reader: ImageReader,
        limits: ImageLimits,
    ) -> None:
        self._projects = projects
        self._images = images
        self._cache = cache
        self._encoders = encoders
        self._reader = reader
        self._limits = limits

    def embed(
        self,
        project_id: str,
        *,
        progress: Progress,
        annotated_only: bool = False,
        retry_failed: bool = True,
        encoder: str | None = None,
    ) -> dict[str, Any]:
        """Returns: how many images were embedded, and how many sources could not be read.

        Args:
            annotated_only: only what training needs, so that it need not wait for the whole pool.
            retry_failed: try addresses again that could not be read before, which takes long where they hang.
            encoder: another than the project's own, which may have changed since its current version.
        """
        project = self._projects.get(project_id)
        if encoder is not None:
            project = replace(project, encoder=encoder)
        embedded, unreadable = self._resolve_sources(
            project, progress, annotated_only=annotated_only, retry_failed=retry_failed
        )
        embedded_again, unreadable_again = self._embed_known(project, progress, annotated_only=annotated_only)
        return {"embedded": embedded + embedded_again, "unreadable": unreadable + unreadable_again}

    def _resolve_sources(
        self, project: Project, progress: Progress, *, annotated_only: bool, retry_failed: bool
    ) -> tuple[int, int]:
        embedded = unreadable = after = 0
        while sources := self._images.unresolved_sources(
            project.id, after=after, limit=CHUNK, annotated_only=annotated_only, failed_too=retry_failed
        ):
            done = self._embed_sources(project, sources)
            embedded, unreadable, after = embedded + done, unreadable + len(sources) - done, sources[-1].id
            progress(0.0, f"{embedded} images fetched and embedded, {unreadable} unreadable")
        return embedded, unreadable

    def _embed_known(self, project: Project, progress: Progress, *, annotated_only: bool) -> tuple[int, int]:
        """Embed images whose identity is known, but which this encoder has not seen."""
        identity = self._encoders.identity(project.encoder)
        image_ids = (
            [image.image_id for image in self._images.labeled(project.id)]
            if annotated_only
            else self._images.readable(project.id)
        )
        missing = self._cache.missing(identity, image_ids)
        embedded = 0
        for start in range(0, len(missing), CHUNK):
            sources_of = self._images.sources_of(project.id, missing[start : start + CHUNK])
            embedded += self._embed_sources(project, [sources[0] for sources in sources_of.values()])
            progress(min(start + CHUNK, len(missing)) / len(missing), f"{embedded} of {len(missing)} images embedded")
        return embedded, len(missing) - embedded

    def _embed_sources(self, project: Project, sources: Sequence[Source]) -> int:
        """Fetch, identify, embed and record; returns how many were embedded or known already."""
        identity = self._encoders.identity(project.encoder)
        source_ids: dict[str, list[int]] = {}
        contents: dict[str, bytes] = {}
        for source, content in self._fetch(project, sources):
            image_id = image_id_of(content)
            source_ids.setdefault(image_id, []).append(source.id)
            contents[image_id] = content
        missing = self._cache.missing(identity, list(contents))
        reasons = self._embed(project, {image_id: contents[image_id] for image_id in missing})
        for image_id, ids in source_ids.items():
            for source_id in ids:
                self._images.add_image(project.id, image_id, source_id=source_id, error=reasons.get(image_id))
        return sum(len(ids) for image_id, ids in source_ids.items() if image_id not in reasons)

    def _fetch(self, project: Project, sources: Sequence[Source]) -> Iterator[tuple[Source, bytes]]:
        """The bytes of the sources that can be fetched; the others get their error recorded."""
        with ThreadPoolExecutor(FETCH_THREADS) as pool:
            for source, fetched in zip(sources, pool.map(self._try_read, sources), strict=True):
                if isinstance(fetched, bytes):
                    yield source, fetched
                else:
                    self._images.record_source_error(project.id, source.id, str(fetched))
                    logger.warning("image of project %s: %s", project.id, fetched)

    def _try_read(self, source: Source) -> bytes | ImageUnavailable:
        try:
            return self._reader.read(source)
        except ImageUnavailable as error:
            return error

    def _embed(self, project: Project, contents: dict[str, bytes]) -> dict[str, str]:
        """Embed and write to the cache; returns why each unreadable image is."""
        reasons: dict[str, str] = {}
        if not contents:  # loading the encoder takes seconds
            return reasons
        encoder = self._encoders.get(project.encoder)
        for batch in embed_images(encoder, contents.items(), self._limits):
            if batch.image_ids:
                self._cache.write(encoder.identity, batch.image_ids, batch.matrix)
            reasons.update({unreadable.image_id: unreadable.reason for unreadable in batch.unreadable})
        return reasons
