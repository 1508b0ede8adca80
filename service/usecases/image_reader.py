"""Reads an image's bytes from wherever one of its sources keeps them."""

import math

from service.domain.artifact_keys import upload_key
from service.domain.errors import ImageUnavailable, NotFound
from service.domain.image import Source, SourceKind
from service.ports import ArtifactStore, ImageFetcher


class ImageReader:
    """Reads uploads from the artifact store and everything else through the fetcher."""

    def __init__(self, *, artifacts: ArtifactStore, fetcher: ImageFetcher, timeout_seconds: float) -> None:
        self._artifacts = artifacts
        self._fetcher = fetcher
        self._timeout_seconds = timeout_seconds

    def read(self, source: Source, *, seconds_left: float = math.inf) -> bytes:
        """Wait for one address no longer than for any other, nor longer than is left. Raises: ImageUnavailable."""
        if source.kind is SourceKind.UPLOAD:
            return self._read_upload(source)
        return self._fetcher.fetch(source, timeout_seconds=min(seconds_left, self._timeout_seconds))

    def _read_upload(self, source: Source) -> bytes:
        if source.image_id is None:
            raise ImageUnavailable(f"upload {source.address!r} was never finished: send it again")
        try:
            return self._artifacts.get(upload_key(source.image_id))
        except NotFound as error:
            message = f"the bytes of upload {source.address!r} are gone from the artifact store: send it again"
            raise ImageUnavailable(message) from error
