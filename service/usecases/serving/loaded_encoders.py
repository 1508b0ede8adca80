"""Keeps each encoder loaded once per process, and its identity where processes that load none can read it."""

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
    """Loads an encoder when it is first asked for, once, whoever asks at the same time."""

    def __init__(self, load: Callable[[str], Encoder], artifacts: ArtifactStore) -> None:
        self._load = load
        self._artifacts = artifacts
        self._encoders: dict[str, Encoder] = {}
        self._loading: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._lock = threading.Lock()

    def get(self, name: str) -> Encoder:
        """Raises: UnknownEncoder, EncoderUnavailable."""
        with self._lock:
            if name in self._encoders:
                return self._encoders[name]
            loading = self._loading[name]
        with loading:  # nobody who wants another encoder waits for this one's weights
            if name not in self._encoders:
                encoder = self._load(name)
                self._publish(name, encoder.identity)
                self._encoders[name] = encoder
            return self._encoders[name]

    def identity(self, name: str) -> EncoderIdentity:
        """The encoder's identity, without loading it where any process has.

        Training needs no more than this when all images are embedded, and loading takes seconds. The web process and
        the encode worker load their encoder at start, so a change of weights under the same name is published then.
        Raises: UnknownEncoder, EncoderUnavailable.
        """
        with self._lock:
            if name in self._encoders:
                return self._encoders[name].identity
        published = self.published(name)
        return self.get(name).identity if published is None else published

    def published(self, name: str) -> EncoderIdentity | None:
        """The identity that the newest process to load this encoder found; None where no process has."""
        try:
            return IDENTITY.validate_json(self._artifacts.get(encoder_identity_key(name)))
        except (NotFound, ValidationError):  # what is damaged is published anew by the next process that loads it
            return None

    def _publish(self, name: str, identity: EncoderIdentity) -> None:
        if self.published(name) != identity:
            self._artifacts.put(encoder_identity_key(name), IDENTITY.dump_json(identity))
