"""Zero-shot blended with softmax regression: texts answer first, labels take over as far as they prove better."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import ClassVar

import numpy as np
from scipy.special import logsumexp

from ml.cross_validation import choose_setting
from ml.encoder import Embeddings
from ml.head import NO_BACKGROUND, Background, Head, HeadCost, Logits, Targets, Tensors, TrainedHead
from ml.heads.linear import LinearHead, restore_linear
from ml.heads.options import HeadKind
from ml.heads.present_classes import MIN_CLASSES
from ml.heads.regularisation import SETTINGS
from ml.heads.required_background import required_texts
from ml.heads.softmax_regression import train_along
from ml.heads.zero_shot import without_biases, zero_shot_head

TEXTS_ONLY = 0.0
# Shares of the trained head. Finer steps chose no better.
WEIGHTS = (TEXTS_ONLY, 0.25, 0.5, 0.75, 0.9, 1.0)


@dataclass(frozen=True, kw_only=True)
class Blend:
    """regularisation: of the trained head, scikit-learn's C; weight: the trained head's share, 0..1."""

    regularisation: float
    weight: float


# By regularisation first, so that a part of the list needs no other regression than its own. Without a trained head
# its regularisation makes no difference.
BLENDS = tuple(
    Blend(regularisation=regularisation, weight=weight)
    for regularisation, weight in product(SETTINGS, WEIGHTS)
    if weight > TEXTS_ONLY or regularisation == SETTINGS[0]
)
# With too few labels to choose by: loses least where texts are nearly perfect, and where they are poor.
DEFAULT_BLEND = Blend(regularisation=10.0, weight=0.5)


class ZeroShotBlend(HeadKind):
    """Logits of both heads in a share that cross-validation chooses; of texts alone for a class without a label."""

    kind: ClassVar = "zero-shot-blend"
    serves_unlabeled_classes: ClassVar = True
    uses_texts: ClassVar = True

    def train(
        self, embeddings: Embeddings, targets: Targets, *, seed: int, background: Background = NO_BACKGROUND
    ) -> TrainedHead:
        texts = zero_shot_head(required_texts(self.kind, background, embeddings, targets))
        if targets.any(axis=0).sum() < MIN_CLASSES:
            return TrainedHead(head=_of_texts_only(texts), out_of_fold=None)

        def train_blends(embeddings: Embeddings, targets: Targets, blends: Sequence[Blend]) -> list[BlendedHead]:
            return _train_blends(texts, embeddings, targets, blends)

        chosen = choose_setting(train_blends, BLENDS, embeddings, targets, multi_label=False, seed=seed)
        if chosen is None:
            return TrainedHead(head=train_blends(embeddings, targets, (DEFAULT_BLEND,))[0], out_of_fold=None)
        head = train_blends(embeddings, targets, BLENDS[: chosen.index + 1])[-1]
        return TrainedHead(head=head, out_of_fold=chosen.out_of_fold)

    def restore(self, tensors: Tensors) -> Head:
        return BlendedHead(
            texts=without_biases(tensors["text_weights"]),
            trained=restore_linear(tensors),
            weight=float(tensors["weight"]),
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class BlendedHead:
    """texts: finite for all classes; trained: biases are -inf for a class without a label; weight: trained's, 0..1."""

    texts: LinearHead
    trained: LinearHead
    weight: float

    def logits(self, embeddings: Embeddings) -> Logits:
        """Labeled classes share the probability that texts give them together; the others keep what texts give."""
        logits = self.texts.logits(embeddings)
        labeled = np.isfinite(self.trained.biases)
        if labeled.any():
            by_texts = logits[:, labeled]
            by_both = self.weight * self.trained.logits(embeddings)[:, labeled] + (1 - self.weight) * by_texts
            logits[:, labeled] = by_both + _mass(by_texts) - _mass(by_both)
        return logits

    def tensors(self) -> Tensors:
        return {
            "text_weights": self.texts.weights,
            **self.trained.tensors(),
            "weight": np.array(self.weight),
        }

    def cost(self) -> HeadCost:
        texts, trained = self.texts.cost(), self.trained.cost()
        return HeadCost(
            parameters=texts.parameters + trained.parameters + 1,
            multiply_adds=texts.multiply_adds + trained.multiply_adds,
        )


def _of_texts_only(texts: LinearHead) -> BlendedHead:
    nothing = LinearHead(weights=np.zeros_like(texts.weights), biases=np.full_like(texts.biases, -np.inf))
    return BlendedHead(texts=texts, trained=nothing, weight=TEXTS_ONLY)


def _train_blends(
    texts: LinearHead, embeddings: Embeddings, targets: Targets, blends: Sequence[Blend]
) -> list[BlendedHead]:
    regularisations = list(dict.fromkeys(blend.regularisation for blend in blends))
    trained = dict(zip(regularisations, train_along(embeddings, targets, regularisations), strict=True))
    return [BlendedHead(texts=texts, trained=trained[blend.regularisation], weight=blend.weight) for blend in blends]


def _mass(logits: Logits) -> Logits:
    summed: Logits = logsumexp(logits, axis=1, keepdims=True)
    return summed
