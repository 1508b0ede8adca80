"""Lets several values follow an option: `--heads a b` means `--heads a --heads b`."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from typer.core import TyperCommand


class ManyValuesCommand(TyperCommand):
    """A command whose list options take all values up to the next option."""

    # The context belongs to click, which typer includes under different names.
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the command line after each value has got its own option."""
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
