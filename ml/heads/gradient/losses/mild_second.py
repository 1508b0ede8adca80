"""Cross-entropy with a smaller weight for an image whose true class is second; smaller still if the first is unsure."""

from typing import TYPE_CHECKING

from ml.metrics.ranks import NEARLY_SURE, SECOND_TO_NEARLY_SURE, SECOND_TO_UNSURE, UNSURE

if TYPE_CHECKING:
    from torch import Tensor


def mild_second(logits: "Tensor", classes: "Tensor") -> "Tensor":
    """Return the mean of w * -log p(true class), where w depends on the network's current mistake on the image.

    Let p1 be the largest probability. If the true class is second, w = .2 for p1 < .5 and w = .4 for .5 <= p1 < .95;
    otherwise w = 1. `graded_scores` takes off the same amounts, so that metric and loss express one preference. w is
    piecewise constant, so its derivative is 0 almost everywhere, and the gradient in the logits is exactly
    w * (p - one_hot(true class)): that of cross-entropy, but 5 or 2.5 times smaller on a near miss. Images whose true
    class ranks lower, or is denied with confidence, therefore count more.
    """
    from torch.nn import functional  # noqa: PLC0415

    weights = mildness(logits.detach(), classes)
    return (weights * functional.cross_entropy(logits, classes, reduction="none")).mean()


def mildness(logits: "Tensor", classes: "Tensor") -> "Tensor":
    """Compute the weight w of each image. Returns: (images,)."""
    probabilities = logits.softmax(dim=1)
    first = probabilities.amax(dim=1)
    of_truth = probabilities.gather(1, classes[:, None])
    # In a tie the true class counts as the better one: a tie is not a mistake yet.
    is_second = (probabilities > of_truth).sum(dim=1) == 1
    weights = first.new_ones(len(first))
    weights[is_second & (first < NEARLY_SURE)] = 1 - SECOND_TO_NEARLY_SURE
    weights[is_second & (first < UNSURE)] = 1 - SECOND_TO_UNSURE
    return weights
