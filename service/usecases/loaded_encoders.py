"""Keeps each encoder loaded once per process."""

import threading
from collections.abc import Callable

from ml.encoder import Encoder


class LoadedEncoders:
    """Loads an encoder when it is first asked for, once, whoever asks at the same time."""

    def __init__(self, load: Callable[[str], Encoder]) -> None:
        self._load = load
        self._encoders: dict[str, Encoder] = {}
        self._lock = threading.Lock()

    def get(self, name: str) -> Encoder:
        """Raises: UnknownEncoder, EncoderUnavailable."""
        with self._lock:
            if name not in self._encoders:
                self._encoders[name] = self._load(name)
            return self._encoders[name]
