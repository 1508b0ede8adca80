"""Registers all losses by name: a new loss is one file and one line here."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator

from ml.errors import UnknownLoss
from ml.heads.gradient.losses.base import Loss
from ml.heads.gradient.losses.class_balanced import class_balanced
from ml.heads.gradient.losses.cross_entropy import cross_entropy, smoothed_cross_entropy
from ml.heads.gradient.losses.mild_second import mild_second
from ml.messages import unknown_name

if TYPE_CHECKING:
    pass


# Each entry builds a loss from the number of training images of each class, which it may turn into weights.
_LOSSES: dict[str, Callable[[NDArray[np.intp]], Loss]] = {
    "cross-entropy": lambda _: cross_entropy,
    "class-balanced": class_balanced,
    "label-smoothing": lambda _: smoothed_cross_entropy,
    "mild-second": lambda _: mild_second,
}
LOSSES = tuple(_LOSSES)


def known_loss(name: str) -> str:
    """Return the name if it is registered. Raises: UnknownLoss."""
    if name not in _LOSSES:
        raise UnknownLoss(unknown_name("loss", name, LOSSES))
    return name


# An option of a head: any registered name.
LossName = Annotated[str, AfterValidator(known_loss)]


def loss_named(name: str, images_per_class: NDArray[np.intp]) -> Loss:
    """Build the loss with this name.

    Args: images_per_class: (classes,) in training, each at least 1.
    Raises: UnknownLoss.
    """
    return _LOSSES[known_loss(name)](images_per_class)
