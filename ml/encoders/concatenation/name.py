"""Reads the name of several encoders in one: `a+b`, or with weights `a*0.7+b*0.3`."""

from collections.abc import Callable
from dataclasses import dataclass

from ml.errors import UnknownEncoder
from ml.messages import truncate

# Beyond, the parts that weigh less would be lost in the rounding of those that weigh more, or all of them.
LEAST_WEIGHT, MOST_WEIGHT = 0.001, 1_000.0


@dataclass(frozen=True, kw_only=True)
class WeightedName:
    """One of several encoders, and what its unit-length embeddings are multiplied by before they are put together."""

    name: str
    weight: float


def parse_concatenation(name: str, is_encoder: Callable[[str], bool]) -> tuple[WeightedName, ...]:
    """The parts of a name with a plus, in their order; empty for any other name.

    Args: is_encoder: whether a name is of a known kind; what follows a plus within a path is not.
    Raises: UnknownEncoder: a weight is not a number from 0.001 to 1000.
    """
    parts: list[str] = []
    for piece in name.split("+"):
        if parts and "/" in parts[-1] and not is_encoder(piece.partition("*")[0]):
            parts[-1] += "+" + piece
        else:
            parts.append(piece)
    return tuple(_weighted(part) for part in parts) if len(parts) > 1 else ()


def _weighted(part: str) -> WeightedName:
    name, times, weight = part.rpartition("*")
    if not times:
        return WeightedName(name=part, weight=1.0)
    try:
        number = float(weight)
    except ValueError as error:
        raise _no_weight(part, weight) from error
    if not LEAST_WEIGHT <= number <= MOST_WEIGHT:
        raise _no_weight(part, weight)
    return WeightedName(name=name, weight=number)


def _no_weight(part: str, weight: str) -> UnknownEncoder:
    return UnknownEncoder(
        f"The weight {truncate(weight)!r} of {truncate(part)!r} is not a number from {LEAST_WEIGHT} to "
        f"{MOST_WEIGHT:g}: write it as efficientnet-lite0*0.7"
    )
