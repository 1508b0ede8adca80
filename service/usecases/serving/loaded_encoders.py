"""Loads each encoder once per process, and publishes its identity for processes that do not load it."""

import threading
from collections import defaultdict
from collections.abc import Callable

from pydantic import TypeAdapter, ValidationError

from ml.encoders.base import Encoder, EncoderIdentity
from service.domain.artifact_keys import encoder_identity_key
from service.domain.errors import NotFound
from service.ports import ArtifactStore

IDENTITY: TypeAdapter[EncoderIdentity] = TypeAdapter(EncoderIdentity)


class LoadedEncoders:
    """Loads an encoder at first use; concurrent callers share one load."""

    def __init__(self, load: Callable[[str], Encoder], artifacts: ArtifactStore) -> None:
        self._load = load
        self._artifacts = artifacts
        self._encoders: dict[str, Encoder] = {}
        self._loading: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._lock = threading.Lock()

    def get(self, name: str) -> Encoder:
        """Return the encoder, loading it if necessary. Raises: UnknownEncoder, EncoderUnavailable."""
        with self._lock:
            if name in self._encoders:
                return self._encoders[name]
            loading = self._loading[name]
        with loading:  # a lock per encoder: callers of other encoders do not wait for these weights
            if name not in self._encoders:
                encoder = self._load(name)
                self._publish(name, encoder.identity)
                self._encoders[name] = encoder
            return self._encoders[name]

    def identity(self, name: str) -> EncoderIdentity:
        """Return the encoder's identity, without loading it if any process has loaded it before.

        If all images are embedded, training needs only the identity, and loading takes seconds. The web process and
        the encode worker load their encoder at start, so a change of weights under the same name is published then.
        Raises: UnknownEncoder, EncoderUnavailable.
        """
        with self._lock:
            if name in self._encoders:
                return self._encoders[name].identity
        published = self.published(name)
        return self.get(name).identity if published is None else published

    def published(self, name: str) -> EncoderIdentity | None:
        """Return the identity that the last load of this encoder found; None if no process has loaded it."""
        try:
            return IDENTITY.validate_json(self._artifacts.get(encoder_identity_key(name)))
        except (NotFound, ValidationError):  # a damaged identity is published again by the next process that loads it
            return None

    def _publish(self, name: str, identity: EncoderIdentity) -> None:
        if self.published(name) != identity:
            self._artifacts.put(encoder_identity_key(name), IDENTITY.dump_json(identity))
