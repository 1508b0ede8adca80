"""Checks the preconditions before `margin up` starts anything."""

import errno
import re
import socket
import tempfile
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.util import find_spec
from pathlib import Path

from ml.classifier.auto_head import head_option
from ml.encoders.registry import check_encoder_name
from ml.strategies.registry import strategy
from service.cli.known_names import require_known
from service.domain.errors import InvalidInput, MarginError
from service.settings import Settings
from service.usecases.projects.project_check import check_text_side

REQUIREMENT_NAME = re.compile(r"[A-Za-z0-9._-]+")


class CannotStart(MarginError):
    """Something on this machine must be changed first; the message says what."""


def check_port(host: str, port: int) -> None:
    """Check that we may listen there.

    Raises: CannotStart: another program listens there already, or it is not permitted.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise CannotStart(f"port {port} on {host} is taken: choose another one with --port") from error
        raise CannotStart(f"cannot listen on {host}, port {port}: {error.strerror or error}") from error


def check_folder(folder: Path) -> None:
    """Create the folder if needed, and check that it is writable.

    Raises: CannotStart: it is not writable.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise CannotStart(f"cannot write to {folder} ({error.strerror}): choose another folder with --data") from error


def check_names(settings: Settings) -> None:
    """Look up the encoder, head and strategy of new projects.

    Raises: CannotStart: one of them is unknown or does not fit.
    """
    require_known([settings.encoder], check_encoder_name, wrong=_wrong_setting("MARGIN_ENCODER"))
    require_known([settings.head], head_option, wrong=_wrong_setting("MARGIN_HEAD"))
    require_known([settings.strategy], strategy, wrong=_wrong_setting("MARGIN_STRATEGY"))
    try:
        check_text_side(settings.head, settings.encoder)
    except InvalidInput as error:
        raise CannotStart(f"MARGIN_HEAD: {error}") from error


def _wrong_setting(name: str) -> Callable[[str], CannotStart]:
    return lambda sentence: CannotStart(f"{name}: {sentence}")


def check_extras(settings: Settings) -> None:
    """Check that the optional packages that the settings need are installed.

    Raises: CannotStart.
    """
    if settings.mlflow_url is not None and find_spec("mlflow") is None:
        raise CannotStart("MARGIN_MLFLOW_URL needs MLflow: pip install 'margin[mlflow]'")


def check_packages() -> None:
    """Check that all packages that Margin needs are installed.

    Raises: CannotStart: names the missing ones.
    """
    missing = missing_packages()
    if missing:
        raise CannotStart(f"packages are missing: pip install {' '.join(missing)}")


def missing_packages() -> list[str]:
    """Return the names of the packages that Margin needs and this Python does not have."""
    needed = [line for line in requires("margin") or [] if "extra ==" not in line]
    names = [match.group() for line in needed if (match := REQUIREMENT_NAME.match(line))]
    return [name for name in names if not _is_installed(name)]


def _is_installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True
