"""Names the two classes between which an image lies."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class ClosestClass:
    """A class that an image may show, and how probable that is, 0..1."""

    label: str
    probability: float


def closest_classes(
    probabilities: NDArray[np.float64], labels: tuple[str, ...], *, multi_label: bool
) -> tuple[ClosestClass, ...]:
    """The two most probable classes, most probable first, or the only one; of equals the first in label-set order.

    Where an image may have several labels, the one that is least decided and its opposite.

    Args: probabilities: (classes,) of one image.
    """
    if not multi_label:
        first_two = np.argsort(-probabilities, kind="stable")[:2]
        return tuple(_class(labels[place], probabilities[place]) for place in first_two)
    if not len(labels):
        return ()
    place = int(np.abs(probabilities - 0.5).argmin())
    yes = float(probabilities[place])
    both = (_class(labels[place], yes), _class(f"not {labels[place]}", 1 - yes))
    return both if yes >= 1 - yes else both[::-1]


def _class(label: str, probability: float) -> ClosestClass:
    return ClosestClass(label=label, probability=float(probability))
