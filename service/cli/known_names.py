"""Looks up the names of heads, encoders and strategies before a command starts anything."""

from collections.abc import Callable, Iterable

import typer

from ml.errors import InvalidOptions, UnknownName


def require_known(names: Iterable[str], look_up: Callable[[str], object], *, wrong: Callable[[str], Exception]) -> None:
    """Look up each name.

    Args:
        look_up: raises UnknownName or InvalidOptions.
        wrong: makes the error to raise instead, from the sentence of the first error.
    """
    for name in names:
        try:
            look_up(name)
        except (UnknownName, InvalidOptions) as error:
            raise wrong(str(error)) from error


def wrong_value(option: str) -> Callable[[str], typer.BadParameter]:
    """Return a `wrong` for `require_known`: it makes a usage error about this option, or about this key of a file."""
    return lambda sentence: typer.BadParameter(sentence, param_hint=option)
