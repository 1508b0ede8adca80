"""Waits for a condition with a deadline, instead of sleeping and hoping."""

import time
from collections.abc import Callable

# A worker starts within two seconds on an idle machine, and took forty where others used its cores too.
GENEROUS_SECONDS = 100.0


def wait_until(
    condition: Callable[[], object], *, seconds: float = GENEROUS_SECONDS, every_seconds: float = 0.02
) -> None:
    """Poll until the condition holds. Raises: AssertionError at the deadline."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(every_seconds)
