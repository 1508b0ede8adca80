"""Things chosen by name with options, as in `knn(k=10)`: each option is a field with a default and bounds."""

import re
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from ml.errors import InvalidOptions
from ml.messages import truncate, unknown_name

# One of each kind of repeat between others, so that no text takes longer than its length.
_NAME = re.compile(r"([a-z0-9-]+)(?:\s*\(([^()]*)\))?")


class NamedOptions(BaseModel):
    """One kind of something; its frozen fields are its options.

    Attributes: kind: the name without options; invalid: what is raised for options that cannot be.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: ClassVar[str]
    invalid: ClassVar[type[InvalidOptions]] = InvalidOptions

    @property
    def name(self) -> str:
        """The kind and every option that is not the default's."""
        given = self.model_dump(mode="json", exclude_defaults=True)
        return (
            f"{self.kind}({', '.join(f'{key}={_text(value)}' for key, value in given.items())})" if given else self.kind
        )

    @classmethod
    def of(cls, given: dict[str, str]) -> Self:
        """Raises: InvalidOptions."""
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
    """The kind, and its options as texts.

    Args: noun, example: for the error's sentence, as "head" and "knn(k=10)".
    Raises: InvalidOptions: not of the form kind(option=value).
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
