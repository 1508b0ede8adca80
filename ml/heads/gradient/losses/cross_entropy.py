"""Cross-entropy, plain and with smoothed labels."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

# A tenth of the probability is spread over all classes, as in Szegedy et al. 2016, "Rethinking the Inception
# architecture for computer vision", where label smoothing comes from.
LABEL_SMOOTHING = 0.1


def cross_entropy(logits: "Tensor", classes: "Tensor") -> "Tensor":
    """Return the mean of -log p(true class). It applies softmax itself, so it needs logits, not probabilities."""
    # Imported here, as in the other losses, because torch takes a second and names are checked in every process.
    from torch.nn import functional  # noqa: PLC0415

    return functional.cross_entropy(logits, classes)


def smoothed_cross_entropy(logits: "Tensor", classes: "Tensor") -> "Tensor":
    """Return the cross-entropy with label smoothing: target .9 for the true class, and .1 spread over all classes."""
    from torch.nn import functional  # noqa: PLC0415

    return functional.cross_entropy(logits, classes, label_smoothing=LABEL_SMOOTHING)
