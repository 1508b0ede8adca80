"""Embeds a project's images: fetches those without bytes yet, and embeds those without an embedding yet."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ml.encoders.embedding import embed_images
from ml.images.image import ImageLimits
from service.domain.images.image import Source, image_id_of
from service.domain.job import Progress
from service.domain.projects.project import Project
from service.ports import EmbeddingCache, ImageStore
from service.usecases.images.fetch_images import ImageReader
from service.usecases.serving.loaded_encoders import LoadedEncoders

# Images that are fetched, and embeddings that are written, together. At most this many files are in memory at a time.
EMBEDDED_PER_FETCH = 32


class EmbedImages:
    """Embeds each image of a project once, into the embedding cache; unreadable images are recorded and skipped."""

    def __init__(
        self,
        *,
        images: ImageStore,
        cache: EmbeddingCache,
        encoders: LoadedEncoders,
        reader: ImageReader,
        limits: ImageLimits,
    ) -> None:
        self._images = images
        self._cache = cache
        self._encoders = encoders
        self._reader = reader
        self._limits = limits

    def embed(
        self,
        project: Project,
        *,
        progress: Progress,
        annotated_only: bool = False,
        retry_failed: bool = True,
        encoder: str | None = None,
    ) -> dict[str, Any]:
        """Embed all images without an embedding; returns how many were embedded, and how many sources are unreadable.

        Args:
            annotated_only: only images that training needs, so that it does not wait for the whole pool.
            retry_failed: also read addresses that failed before, which takes long if they do not answer.
            encoder: instead of the project's own, which may have changed since its current version.
        """
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
            project.id, after=after, limit=EMBEDDED_PER_FETCH, annotated_only=annotated_only, failed_too=retry_failed
        ):
            done = self._embed_sources(project, sources)
            embedded, unreadable, after = embedded + done, unreadable + len(sources) - done, sources[-1].id
            progress(0.0, f"{embedded} images fetched and embedded, {unreadable} unreadable")
        return embedded, unreadable

    def _embed_known(self, project: Project, progress: Progress, *, annotated_only: bool) -> tuple[int, int]:
        """Embed images with known bytes that this encoder has not embedded yet."""
        identity = self._encoders.identity(project.encoder)
        image_ids = (
            [image.image_id for image in self._images.labeled(project.id)]
            if annotated_only
            else self._images.readable(project.id)
        )
        missing = self._cache.missing(identity, image_ids)
        embedded = 0
        for start in range(0, len(missing), EMBEDDED_PER_FETCH):
            sources_of = self._images.sources_of(project.id, missing[start : start + EMBEDDED_PER_FETCH])
            embedded += self._embed_sources(project, [sources[0] for sources in sources_of.values()])
            progress(
                min(start + EMBEDDED_PER_FETCH, len(missing)) / len(missing),
                f"{embedded} of {len(missing)} images embedded",
            )
        return embedded, len(missing) - embedded

    def _embed_sources(self, project: Project, sources: Sequence[Source]) -> int:
        """Fetch, identify, embed and record images; returns how many now have an embedding."""
        identity = self._encoders.identity(project.encoder)
        sources_of: dict[str, list[Source]] = {}
        contents: dict[str, bytes] = {}
        for source, content in zip(sources, self._reader.fetch_many(sources, _undecoded), strict=True):
            if isinstance(content, bytes):
                image_id = image_id_of(content)
                sources_of.setdefault(image_id, []).append(source)
                contents[image_id] = content
        missing = self._cache.missing(identity, list(contents))
        reasons = self._embed(project, {image_id: contents[image_id] for image_id in missing})
        for image_id, same in sources_of.items():
            for source in same:
                self._record(source, image_id, reasons.get(image_id))
        return sum(len(same) for image_id, same in sources_of.items() if image_id not in reasons)

    def _record(self, source: Source, image_id: str, unreadable: str | None) -> None:
        if unreadable is None:
            self._images.add_image(source.project_id, image_id, source_id=source.id)
        else:
            self._reader.report(source, unreadable, image_id=image_id)

    def _embed(self, project: Project, contents: dict[str, bytes]) -> dict[str, str]:
        """Embed images and write them to the cache; returns by image id why an image is unreadable."""
        reasons: dict[str, str] = {}
        if not contents:  # loading the encoder takes seconds
            return reasons
        encoder = self._encoders.get(project.encoder)
        for batch in embed_images(encoder, contents.items(), self._limits):
            if batch.image_ids:
                self._cache.write(encoder.identity, batch.image_ids, batch.matrix)
            reasons.update({unreadable.image_id: unreadable.reason for unreadable in batch.unreadable})
        return reasons


def _undecoded(_source: Source, content: bytes) -> bytes:
    """Return the bytes as they are: `ml.encoders.embedding` decodes them, ahead of the encoder."""
    return content
