"""Lets an option be followed by several values: `--heads a b` means `--heads a --heads b`."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from typer.core import TyperCommand


class ManyValuesCommand(TyperCommand):
    """A command whose list options take all that stands before the next option."""

    # The context is click's, which typer brings along under one name or another.
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the command line with every value behind an option of its own."""
        many = {name for option in self.params if getattr(option, "multiple", False) for name in option.opts}
        return super().parse_args(ctx, list(spread(args, many)))


def spread(arguments: Sequence[str], many: Collection[str]) -> Iterator[str]:
    """Repeat each of these options before its second value, its third, and so on."""
    option: str | None = None
    has_value = False
    for argument in arguments:
        if argument.startswith("-"):
            option, has_value = (argument, False) if argument in many else (None, False)
        elif option is not None:
            if has_value:
                yield option
            has_value = True
        yield argument
