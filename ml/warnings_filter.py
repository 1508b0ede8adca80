"""Suppresses warnings of libraries, so that none reaches users; thread-safe."""

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

# Warning filters are global to the process: two threads that change them at once can leave them changed permanently.
_FILTERS = threading.Lock()


@contextmanager
def without_warnings() -> Iterator[None]:
    """Ignore all warnings raised inside; one thread at a time, so keep the block short."""
    with _FILTERS, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
