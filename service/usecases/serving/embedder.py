"""Embeds images for requests: from the cache, else by the encoder in shared batches."""

import threading
from collections.abc import Sequence
from concurrent.futures import Future

from ml.encoders.base import Encoder, EncoderIdentity
from ml.errors import UnreadableImage
from ml.images.decoding import decode_image
from ml.images.image import ImageLimits
from ml.types import Embedding
from service.domain.images.image import image_id_of
from service.ports import EmbeddingCache
from service.usecases.serving.batching_encoder import BatchingEncoder
from service.usecases.serving.loaded_encoders import LoadedEncoders

# Enough on two cores for the largest batch of requests ahead of one image; a stuck encoder must not block requests.
ENCODE_TIMEOUT_SECONDS = 60.0
# Most images of one request that wait for the encoder at a time; fewer if the whole queue is shorter.
WINDOW = 32


class Embedder:
    """Embeds images in the web process, each once per encoder."""

    def __init__(
        self, *, encoders: LoadedEncoders, cache: EmbeddingCache, limits: ImageLimits, max_waiting: int
    ) -> None:
        self._encoders = encoders
        self._cache = cache
        self._limits = limits
        self._max_waiting = max_waiting
        self._window = min(WINDOW, max_waiting)
        self._batching: dict[str, BatchingEncoder] = {}
        self._lock = threading.Lock()

    def encoder(self, name: str) -> Encoder:
        """Return the encoder, loaded. Raises: UnknownEncoder, EncoderUnavailable."""
        with self._lock:
            batching = self._batching.get(name)
        return self._encoders.get(name) if batching is None else batching.encoder

    def identity(self, name: str) -> EncoderIdentity:
        """Return the identity of the loaded encoder. Raises: UnknownEncoder, EncoderUnavailable."""
        return self.encoder(name).identity

    def cached(self, encoder_name: str, image_ids: Sequence[str]) -> dict[str, Embedding]:
        """Return the embeddings that are in the cache, by image id."""
        found = self._cache.read(self.identity(encoder_name), image_ids)
        return dict(zip(found.image_ids, found.matrix, strict=True))

    def submit(self, encoder_name: str, content: bytes) -> Future[Embedding]:
        """Decode the image now, and encode it in a shared batch. Raises: UnreadableImage, Overloaded."""
        batching = self._batching_encoder(encoder_name)
        image_id = image_id_of(content)
        known = batching.known(image_id)
        if known is not None:
            return known
        prepared = batching.encoder.prepare(decode_image(content, self._limits))
        return batching.submit(image_id, prepared)

    def embed(self, encoder_name: str, contents: Sequence[bytes]) -> list[Embedding | UnreadableImage]:
        """Embed each image; an unreadable one gets its error and does not stop the others.

        A large request shares the encoder with others: at most one window of its images waits at a time.
        Raises: Overloaded.
        """
        answers: list[Embedding | UnreadableImage] = []
        for start in range(0, len(contents), self._window):
            answers += self._embed_window(encoder_name, contents[start : start + self._window])
        return answers

    def close(self) -> None:
        """Write the embeddings that are not in the cache yet, and end the threads."""
        for batching in self._batching.values():
            batching.close()

    def _embed_window(self, encoder_name: str, contents: Sequence[bytes]) -> list[Embedding | UnreadableImage]:
        image_ids = [image_id_of(content) for content in contents]
        cached = self.cached(encoder_name, image_ids)
        submitted = [
            cached[image_id] if image_id in cached else self._try_submit(encoder_name, content)
            for image_id, content in zip(image_ids, contents, strict=True)
        ]
        return [
            entry.result(timeout=ENCODE_TIMEOUT_SECONDS) if isinstance(entry, Future) else entry for entry in submitted
        ]

    def _try_submit(self, encoder_name: str, content: bytes) -> Future[Embedding] | UnreadableImage:
        try:
            return self.submit(encoder_name, content)
        except UnreadableImage as error:
            return error

    def _batching_encoder(self, name: str) -> BatchingEncoder:
        encoder = self.encoder(name)
        with self._lock:
            if name not in self._batching:
                self._batching[name] = BatchingEncoder(encoder, self._cache, max_waiting=self._max_waiting)
            return self._batching[name]
