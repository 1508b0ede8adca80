"""Builds the application of a worker process once, when its first job needs it."""

from functools import cache

from service.bootstrap.application import Application
from service.bootstrap.build import build_application
from service.settings import Settings


@cache
def application() -> Application:
    """Return the process's application, which keeps what it loads, such as encoders."""
    return build_application(Settings())
