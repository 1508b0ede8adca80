"""Reads from a command line what to compare."""

from collections.abc import Callable, Iterable

import typer

from ml.compare import ALL_HEADS
from ml.encoders.registry import check_encoder_name
from ml.errors import InvalidOptions, UnknownName
from ml.heads.registry import head_recipe
from service.domain.comparison_request import ComparisonRequest

ALL_LABELS = "all"


def comparison_request(
    *, heads: list[str], encoders: list[str], labels_per_class: list[str], repeats: int | None, seed: int
) -> ComparisonRequest:
    """Raises: typer.BadParameter: a name that is not there, or no number of labels."""
    _check(heads, lambda name: name == ALL_HEADS or head_recipe(name), "--heads")
    _check(encoders, check_encoder_name, "--encoders")
    return ComparisonRequest(
        heads=tuple(heads),
        encoders=tuple(dict.fromkeys(encoders)),
        labels_per_class=tuple(_size(text) for text in labels_per_class),
        repeats=repeats,
        seed=seed,
    )


def _check(names: Iterable[str], check: Callable[[str], object], option: str) -> None:
    for name in names:
        try:
            check(name)
        except (UnknownName, InvalidOptions) as error:
            raise typer.BadParameter(str(error), param_hint=option) from error


def _size(text: str) -> int | None:
    if text == ALL_LABELS:
        return None
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        message = f"{text!r} is not a number of labels: expected 1 or more, or {ALL_LABELS}"
        raise typer.BadParameter(message, param_hint="--labels-per-class")
    return int(text)
