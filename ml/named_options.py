"""Base class of everything chosen by name with options, as in `knn(k=10)`: each option is a field with bounds."""

import re
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from ml.errors import InvalidOptions
from ml.messages import truncate, unknown_name

# No nested quantifiers, so matching is linear in the input (no ReDoS).
_NAME = re.compile(r"([a-z0-9-]+)(?:\s*\(([^()]*)\))?")


class NamedOptions(BaseModel):
    """A kind of head or strategy; its frozen fields are its options.

    Attributes: kind: the name without options; invalid: the error to raise for invalid options.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: ClassVar[str]
    invalid: ClassVar[type[InvalidOptions]] = InvalidOptions

    @property
    def name(self) -> str:
        """The kind with every option that differs from its default."""
        given = self.model_dump(mode="json", exclude_defaults=True)
        return (
            f"{self.kind}({', '.join(f'{key}={_text(value)}' for key, value in given.items())})" if given else self.kind
        )

    @classmethod
    def of(cls, given: dict[str, str]) -> Self:
        """Create an instance from options given as strings. Raises: InvalidOptions."""
        for option in given:
            if not cls.model_fields:
                raise cls.invalid(f'{cls.kind} has no options: leave "{truncate(option)}" out')
            if option not in cls.model_fields:
                raise cls.invalid(unknown_name(f"option of {cls.kind}", option, tuple(cls.model_fields)))
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            raise cls.invalid(_sentence(cls.kind, error)) from error


def split_name(name: str, *, noun: str, example: str, invalid: type[InvalidOptions]) -> tuple[str, dict[str, str]]:
    """Split a name into its kind and its options as strings.

    Args: noun, example: for the error message, like "head" and "knn(k=10)".
    Raises: InvalidOptions: the name is not of the form kind(option=value).
    """
    found = _NAME.fullmatch(name.strip())
    if found is None:
        raise invalid(_malformed(name, noun, example))
    kind, options = found.groups()
    pairs = [part.partition("=") for part in (options or "").split(",") if part.strip()]
    given = {option.strip(): value.strip() for option, equals, value in pairs if equals}
    if len(given) < len(pairs):
        raise invalid(_malformed(name, noun, example))
    return kind, given


def _malformed(name: str, noun: str, example: str) -> str:
    return f'"{truncate(name)}" is not a {noun}: expected a name, or a name with each option once as in {example}'


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _sentence(kind: str, error: ValidationError) -> str:
    first = error.errors()[0]
    option = ".".join(str(each) for each in first["loc"])
    said = f"{option + ': ' if option else ''}{first['msg'].removeprefix('Value error, ')}"
    return f"{kind}: {said}, got {truncate(repr(first['input']))}"
