"""Reads the request for a comparison from the command line."""

from collections.abc import Sequence

from ml.comparison.compare import ALL_HEADS
from ml.encoders.registry import check_encoder_name
from ml.heads.registry import head_recipe
from service.cli.known_names import require_known, wrong_value
from service.domain.experiments.comparison_request import ComparisonRequest

ALL_LABELS = "all"


def comparison_request(
    *,
    heads: Sequence[str] | None,
    encoders: Sequence[str] | None,
    labels_per_class: Sequence[str] | None,
    repeats: int | None,
    seed: int,
) -> ComparisonRequest:
    """Check the values of the options; the defaults are every head and all labels. Encoders may stay empty.

    Raises: typer.BadParameter: an unknown name, or a value that is not a number of labels.
    """
    heads = heads or [ALL_HEADS]
    require_known(heads, lambda name: name == ALL_HEADS or head_recipe(name), wrong=wrong_value("--heads"))
    return ComparisonRequest(
        heads=tuple(heads),
        encoders=known_encoders(encoders or ()),
        labels_per_class=tuple(_size(text) for text in labels_per_class or [ALL_LABELS]),
        repeats=repeats,
        seed=seed,
    )


def known_encoders(names: Sequence[str]) -> tuple[str, ...]:
    """Look up encoders and drop repeated names.

    Raises: typer.BadParameter: no such encoder.
    """
    require_known(names, check_encoder_name, wrong=wrong_value("--encoders"))
    return tuple(dict.fromkeys(names))


def _size(text: str) -> int | None:
    if text == ALL_LABELS:
        return None
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise wrong_value("--labels-per-class")(
            f"{text!r} is not a number of labels: expected 1 or more, or {ALL_LABELS}"
        )
    return int(text)
