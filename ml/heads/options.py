"""What every head recipe starts from: options with bounds, read from its name as in `knn(k=10, vote=distance)`."""

import re
from abc import ABC, abstractmethod
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from ml.encoder import Embeddings
from ml.head import NO_BACKGROUND, Background, Head, InvalidHeadOptions, Targets, Tensors, TrainedHead
from ml.nearest_names import unknown_name
from ml.shortened import shortened

# One of each kind of repeat between others, so that no text takes longer than its length.
_NAME = re.compile(r"([a-z0-9-]+)(?:\s*\(([^()]*)\))?")
# Of what is counted, images or centroids: no project has more, and all that counts them can.
MOST_COUNTED = 1_000_000


class HeadKind(BaseModel, ABC):
    """A `HeadRecipe` whose options are frozen fields, each with a default and bounds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: ClassVar[str]
    multi_label: ClassVar[bool] = False
    serves_unlabeled_classes: ClassVar[bool] = False
    uses_texts: ClassVar[bool] = False
    uses_previous: ClassVar[bool] = False

    @property
    def name(self) -> str:
        """The kind and every option that is not the default's."""
        given = self.model_dump(mode="json", exclude_defaults=True)
        return (
            f"{self.kind}({', '.join(f'{key}={_text(value)}' for key, value in given.items())})" if given else self.kind
        )

    @property
    def uses_parents(self) -> bool:
        """As `HeadRecipe.uses_parents`; it may depend on the options."""
        return False

    @abstractmethod
    def train(
        self, embeddings: Embeddings, targets: Targets, *, seed: int, background: Background = NO_BACKGROUND
    ) -> TrainedHead:
        """As `HeadRecipe.train`."""

    @abstractmethod
    def restore(self, tensors: Tensors) -> Head:
        """As `HeadRecipe.restore`."""

    @classmethod
    def of(cls, given: dict[str, str]) -> Self:
        """Raises: InvalidHeadOptions."""
        for option in given:
            if not cls.model_fields:
                raise InvalidHeadOptions(f'{cls.kind} has no options: leave "{shortened(option)}" out')
            if option not in cls.model_fields:
                raise InvalidHeadOptions(unknown_name(f"option of {cls.kind}", option, tuple(cls.model_fields)))
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            raise InvalidHeadOptions(_sentence(cls.kind, error)) from error


def split_head_name(name: str) -> tuple[str, dict[str, str]]:
    """The kind of head, and its options as texts. Raises: InvalidHeadOptions: not of the form kind(option=value)."""
    found = _NAME.fullmatch(name.strip())
    if found is None:
        raise InvalidHeadOptions(_malformed(name))
    kind, options = found.groups()
    pairs = [part.partition("=") for part in (options or "").split(",") if part.strip()]
    given = {option.strip(): value.strip() for option, equals, value in pairs if equals}
    if len(given) < len(pairs):
        raise InvalidHeadOptions(_malformed(name))
    return kind, given


def _malformed(name: str) -> str:
    return (
        f'"{shortened(name)}" is not a head: expected a name, or a name with each option once as in '
        "knn(k=10, vote=distance)"
    )


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _sentence(kind: str, error: ValidationError) -> str:
    first = error.errors()[0]
    option = ".".join(str(each) for each in first["loc"])
    said = f"{option + ': ' if option else ''}{first['msg'].removeprefix('Value error, ')}"
    return f"{kind}: {said}, got {shortened(repr(first['input']))}"
