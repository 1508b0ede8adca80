"""Cross-entropy in which a rare class weighs as much as a frequent one."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor

    from ml.heads.gradient.losses.registry import Loss

# Of Cui et al. 2019, who tried .9 to .9999; 0 is plain cross-entropy, 1 would weigh by the inverse of the frequency.
BETA = 0.999


def class_balanced(images_per_class: NDArray[np.intp]) -> "Loss":
    """Cross-entropy with an image weighted by the inverse of its class's effective number of images.

    After Cui et al. 2019, "Class-balanced loss based on effective number of samples": n images of a class cover as much
    as (1 - beta^n) / (1 - beta) that are all different.

    Args: images_per_class: (classes,) in training, each at least 1.
    """
    weights = class_weights(images_per_class)

    def loss(logits: "Tensor", classes: "Tensor") -> "Tensor":
        from torch.nn import functional  # noqa: PLC0415

        return functional.cross_entropy(logits, classes, weight=logits.new_tensor(weights))

    return loss


def class_weights(images_per_class: NDArray[np.intp]) -> NDArray[np.float64]:
    """Returns: (classes,) of mean 1."""
    weights = (1 - BETA) / (1 - BETA**images_per_class)
    return np.asarray(weights / weights.mean(), dtype=np.float64)
