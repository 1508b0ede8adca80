"""Defines the type of a loss that a head is trained with."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

# Maps logits (images, classes) and the class of each image (images,) int64 to their mean loss, a differentiable scalar.
Loss = Callable[["Tensor", "Tensor"], "Tensor"]
