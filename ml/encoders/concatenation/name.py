"""Parses the name of a concatenation of encoders: `a+b`, or with weights `a*0.7+b*0.3`."""

from collections.abc import Callable
from dataclasses import dataclass

from ml.errors import UnknownEncoder
from ml.messages import truncate

# With more extreme weights the parts of small weight, or all parts, would be lost in rounding.
LEAST_ENCODER_WEIGHT, MOST_ENCODER_WEIGHT = 0.001, 1_000.0


@dataclass(frozen=True, kw_only=True)
class WeightedName:
    """Name of one of the encoders, with the factor of its unit-length embeddings."""

    name: str
    weight: float


def parse_concatenation(name: str, is_encoder: Callable[[str], bool]) -> tuple[WeightedName, ...]:
    """Split a name at each plus, in order; empty for a name that is no concatenation.

    Args: is_encoder: returns True for the name of a known family; used to recognise a plus within a path.
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
        raise _invalid_weight(part, weight) from error
    if not LEAST_ENCODER_WEIGHT <= number <= MOST_ENCODER_WEIGHT:
        raise _invalid_weight(part, weight)
    return WeightedName(name=name, weight=number)


def _invalid_weight(part: str, weight: str) -> UnknownEncoder:
    return UnknownEncoder(
        f"The weight {truncate(weight)!r} of {truncate(part)!r} is not a number from {LEAST_ENCODER_WEIGHT} to "
        f"{MOST_ENCODER_WEIGHT:g}: write for example efficientnet-lite0*0.7"
    )
