"""The application of a worker process, built once, when its first job needs it."""

from functools import cache

from service.bootstrap.application import Application, build_application
from service.settings import Settings


@cache
def application() -> Application:
    """The process's application; it keeps what it loads, such as encoders."""
    return build_application(Settings())
