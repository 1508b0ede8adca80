"""Filters the warnings of libraries, so that none reaches our users and no two threads race for the filters."""

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

# Warning filters belong to the whole process: two threads that change them at once can leave them changed for good.
_FILTERS = threading.Lock()


@contextmanager
def without_warnings() -> Iterator[None]:
    """Ignore every warning raised inside; one thread at a time, so keep it short."""
    with _FILTERS, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
