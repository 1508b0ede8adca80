"""Lets a process that is asked to stop finish its current step."""

import signal
import time
from types import FrameType

STOP_LOOK_SECONDS = 0.1


class StopRequest:
    """Notes signals such as Ctrl-C, which then no longer end the process by themselves.

    A plain flag that is polled: setting a `threading.Event` in a signal handler may deadlock with a thread that waits
    for it.
    """

    def __init__(self) -> None:
        self.came = False

    def listen(self) -> None:
        """Note signals from now on."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note)

    def wait(self, seconds: float) -> bool:
        """Wait for these seconds, or until the request comes. Returns: True if it came."""
        until = time.monotonic() + seconds
        while not self.came and (left := until - time.monotonic()) > 0:
            time.sleep(min(STOP_LOOK_SECONDS, left))
        return self.came

    def _note(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002  a signal handler's signature
        self.came = True
