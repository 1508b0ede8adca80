"""Ends a command with one sentence instead of a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import typer
from pydantic import ValidationError

from ml.errors import MLError
from service.domain.errors import MarginError
from service.settings import Settings


def fail(sentence: str) -> NoReturn:
    """Print the sentence to stderr, and exit with status 1."""
    typer.echo(f"margin: {sentence}", err=True)
    raise typer.Exit(1)


@contextmanager
def errors_as_sentences() -> Iterator[None]:
    """Turn Margin's own errors into one sentence and exit status 1."""
    try:
        yield
    except (MarginError, MLError) as error:
        fail(str(error))


def read_settings(**given: Any) -> Settings:
    """Read the settings; values from the command line win.

    Args: given: by field, None for "not given".
    """
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        fail(_sentence(error))


def _sentence(error: ValidationError) -> str:
    """Name the setting and its error, but not its value, which may be a password."""
    first = error.errors(include_input=False)[0]
    message = first["msg"].removeprefix("Value error, ")
    if not first["loc"]:
        return message
    field = str(first["loc"][0])
    return f"{f'MARGIN_{field.upper()}' if field in Settings.model_fields else field}: {message}"
