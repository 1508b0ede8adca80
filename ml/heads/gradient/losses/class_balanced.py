"""Class-balanced cross-entropy: images of rare classes get larger weights."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor

    from ml.heads.gradient.losses.base import Loss

# Cui et al. 2019 compare .9 to .9999. 0 is plain cross-entropy; 1 would weight by the inverse class frequency.
BETA = 0.999


def class_balanced(images_per_class: NDArray[np.intp]) -> "Loss":
    """Build a cross-entropy that weights an image by the inverse of the effective number of images of its class.

    Source: Cui et al. 2019, "Class-balanced loss based on effective number of samples": the effective number of n
    images is (1 - beta^n) / (1 - beta), because images of a class overlap.

    Args: images_per_class: (classes,) in training, each at least 1.
    """
    weights = class_weights(images_per_class)

    def loss(logits: "Tensor", classes: "Tensor") -> "Tensor":
        from torch.nn import functional  # noqa: PLC0415

        return functional.cross_entropy(logits, classes, weight=logits.new_tensor(weights))

    return loss


def class_weights(images_per_class: NDArray[np.intp]) -> NDArray[np.float64]:
    """Compute the weight of each class. Returns: (classes,), mean 1."""
    weights = (1 - BETA) / (1 - BETA**images_per_class)
    return np.asarray(weights / weights.mean(), dtype=np.float64)
