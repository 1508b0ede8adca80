"""A loss that is mild on an image whose true class comes second: more so, the less sure the first one is."""

from typing import TYPE_CHECKING

from ml.metrics.ranks import NEARLY_SURE, SECOND_TO_NEARLY_SURE, SECOND_TO_UNSURE, UNSURE

if TYPE_CHECKING:
    from torch import Tensor


def mild_second(logits: "Tensor", classes: "Tensor") -> "Tensor":
    """Mean of w * -log p(true class), where w depends on how the network errs on the image at the moment.

    With p1 the largest probability, w = .2 where the true class is second and p1 < .5, .4 where it is second and
    .5 <= p1 < .95, and 1 everywhere else: what `graded_scores` takes off for the same mistake, so that both
    name one preference. Since w is constant but for jumps, its derivative is 0 almost everywhere and the gradient of an
    image in its logits is exactly w * (p - one_hot(true class)): that of cross-entropy, five times or two and a half
    times smaller on a near miss, so that the images whose true class is further down or surely denied weigh more.
    """
    from torch.nn import functional  # noqa: PLC0415

    weights = mildness(logits.detach(), classes)
    return (weights * functional.cross_entropy(logits, classes, reduction="none")).mean()


def mildness(logits: "Tensor", classes: "Tensor") -> "Tensor":
    """Returns: (images,) the weight w of each image."""
    probabilities = logits.softmax(dim=1)
    first = probabilities.amax(dim=1)
    of_truth = probabilities.gather(1, classes[:, None])
    # Where others are as likely as the true class it counts as the better one: a tie is not a mistake yet.
    is_second = (probabilities > of_truth).sum(dim=1) == 1
    weights = first.new_ones(len(first))
    weights[is_second & (first < NEARLY_SURE)] = 1 - SECOND_TO_NEARLY_SURE
    weights[is_second & (first < UNSURE)] = 1 - SECOND_TO_UNSURE
    return weights
