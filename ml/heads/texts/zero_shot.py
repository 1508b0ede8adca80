"""Zero-shot head: the class with the most similar text wins; works without labels, which only calibrate it."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ml.heads.base import NO_SIDE_INFORMATION, Head, HeadRecipe, SideInformation, TrainedHead
from ml.heads.cross_validation import MIN_OUT_OF_FOLD_IMAGES
from ml.heads.linear.linear_head import LinearHead, restore_linear
from ml.heads.required_side_information import required_texts
from ml.heads.seen_classes import MIN_CLASSES
from ml.types import ClassTexts, Embeddings, OutOfFold, Targets, Tensors


class ZeroShotHeadRecipe(HeadRecipe):
    """CLIP's zero-shot classifier: logits are the cosines with the class texts, times the encoder's logit scale."""

    kind: ClassVar = "zero-shot"
    serves_unlabeled_classes: ClassVar = True
    uses_texts: ClassVar = True

    def train(
        self,
        embeddings: Embeddings,
        targets: Targets,
        *,
        seed: int,
        side_information: SideInformation = NO_SIDE_INFORMATION,
    ) -> TrainedHead:
        head = zero_shot_head(required_texts(self.kind, side_information, embeddings, targets))
        if len(embeddings) < MIN_OUT_OF_FOLD_IMAGES or targets.any(axis=0).sum() < MIN_CLASSES:
            return TrainedHead(head=head, out_of_fold=None)
        # It does not learn from images, so all of them are unseen.
        return TrainedHead(head=head, out_of_fold=OutOfFold(logits=head.logits(embeddings), targets=targets))

    def restore(self, tensors: Tensors) -> Head:
        return restore_linear(tensors)


def zero_shot_head(texts: ClassTexts) -> LinearHead:
    """Build the linear head whose softmax is `zero_shot_probabilities`."""
    return without_biases((texts.logit_scale * texts.embeddings).astype(np.float32))


def without_biases(weights: NDArray[np.float32]) -> LinearHead:
    """Build a linear head with biases of 0, so that every class has finite logits.

    Args: weights: (classes, dimension).
    """
    return LinearHead(weights=weights, biases=np.zeros(len(weights), dtype=np.float32))
