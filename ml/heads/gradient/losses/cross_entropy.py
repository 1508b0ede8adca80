"""Cross-entropy, plain and with smoothed labels."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

# A tenth of the probability is spread over all classes, as in Szegedy et al. 2016, "Rethinking the Inception
# architecture for computer vision", which names it.
SMOOTHING = 0.1


def cross_entropy(logits: "Tensor", classes: "Tensor") -> "Tensor":
    """Mean of -log p(true class); logits, so no softmax may stand before it."""
    # Imported here, as in the other losses, because torch takes a second and names are checked in every process.
    from torch.nn import functional  # noqa: PLC0415

    return functional.cross_entropy(logits, classes)


def smoothed_cross_entropy(logits: "Tensor", classes: "Tensor") -> "Tensor":
    """Cross-entropy against .9 of the true class and .1 of an even share of every class."""
    from torch.nn import functional  # noqa: PLC0415

    return functional.cross_entropy(logits, classes, label_smoothing=SMOOTHING)
