"""Blend of the zero-shot head with softmax regression; cross-validation chooses the weight of each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import ClassVar

import numpy as np
from scipy.special import logsumexp

from ml.heads.base import NO_SIDE_INFORMATION, Head, HeadCost, HeadRecipe, SideInformation, TrainedHead
from ml.heads.cross_validation import best_of, out_of_fold
from ml.heads.linear.linear_head import LinearHead, restore_linear
from ml.heads.linear.regularisation import CS
from ml.heads.linear.softmax_regression import fit_softmax_path
from ml.heads.required_side_information import required_texts
from ml.heads.seen_classes import MIN_CLASSES
from ml.heads.texts.zero_shot import without_biases, zero_shot_head
from ml.labels.label_mode import SINGLE_LABEL
from ml.types import Embeddings, Logits, OutOfFold, Targets, Tensors

TEXTS_ONLY = 0.0
# Candidate weights of the trained head. Finer steps were no better.
WEIGHTS = (TEXTS_ONLY, 0.25, 0.5, 0.75, 0.9, 1.0)
# If there are too few labels for cross-validation: the smallest loss both if texts are nearly perfect and if poor.
DEFAULT_C_OF_BLEND, DEFAULT_WEIGHT = 10.0, 0.5


class ZeroShotBlend(HeadRecipe):
    """Weighted mean of the logits of both heads; a class without a label has the zero-shot logits alone.

    Cross-validation chooses the weight.
    """

    kind: ClassVar = "zero-shot-blend"
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
        texts = zero_shot_head(required_texts(self.kind, side_information, embeddings, targets))
        if targets.any(axis=0).sum() < MIN_CLASSES:
            return TrainedHead(head=_of_texts_only(texts), out_of_fold=None)

        # The zero-shot head has no hyperparameter, but its logits are needed for the same images.
        def train_both(embeddings: Embeddings, targets: Targets, values: Sequence[float]) -> list[LinearHead]:
            return [texts, *fit_softmax_path(embeddings, targets, values[1:])]

        unseen = out_of_fold(train_both, (TEXTS_ONLY, *CS), embeddings, targets, seed=seed)
        if unseen is None:
            (trained,) = fit_softmax_path(embeddings, targets, (DEFAULT_C_OF_BLEND,))
            return TrainedHead(head=BlendedHead(texts=texts, trained=trained, weight=DEFAULT_WEIGHT), out_of_fold=None)
        chosen = _choose(unseen[0], unseen[1:])
        trained = fit_softmax_path(embeddings, targets, CS[: chosen.c_index + 1])[-1]
        return TrainedHead(
            head=BlendedHead(texts=texts, trained=trained, weight=chosen.weight), out_of_fold=chosen.out_of_fold
        )

    def restore(self, tensors: Tensors) -> Head:
        return BlendedHead(
            texts=without_biases(tensors["text_weights"]),
            trained=restore_linear(tensors),
            weight=float(tensors["weight"]),
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class BlendedHead:
    """A trained blend.

    Attributes:
        texts: the zero-shot head; finite logits for all classes.
        trained: softmax regression; biases are -inf for a class without a label.
        weight: of the trained head, 0..1.
    """

    texts: LinearHead
    trained: LinearHead
    weight: float

    def logits(self, embeddings: Embeddings) -> Logits:
        return _blended(self.texts.logits(embeddings), self.trained.logits(embeddings), weight=self.weight)

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


@dataclass(frozen=True, kw_only=True)
class _SelectedBlend:
    """The chosen blend.

    Attributes: c_index: of C in CS; weight: of the trained head, 0..1; out_of_fold: logits that it was chosen by.
    """

    c_index: int
    weight: float
    out_of_fold: OutOfFold


def _choose(by_texts: OutOfFold, by_labels: Sequence[OutOfFold]) -> _SelectedBlend:
    """Choose C at the default weight, then the weight, then C again at that weight (coordinate search).

    Each blend is scored after temperature scaling, which takes seconds with many classes; all pairs would take twice as
    many. On average over clothes (tiny CLIP) and scenes, with 2 to 30 labels per class, this choice was no worse: the
    log-losses were .534 and .536, the accuracies 83.9 % both.
    """
    first = best_of(_blends(by_texts, by_labels, (DEFAULT_WEIGHT,)), mode=SINGLE_LABEL).index
    weight = WEIGHTS[best_of(_blends(by_texts, by_labels[first : first + 1], WEIGHTS), mode=SINGLE_LABEL).index]
    best = best_of(_blends(by_texts, by_labels, (weight,)), mode=SINGLE_LABEL)
    return _SelectedBlend(c_index=best.index, weight=weight, out_of_fold=best.out_of_fold)


def _blends(by_texts: OutOfFold, by_labels: Sequence[OutOfFold], weights: Sequence[float]) -> Iterator[OutOfFold]:
    """Yield one blend at a time, because with many classes each is large."""
    for trained, weight in product(by_labels, weights):
        yield OutOfFold(logits=_blended(by_texts.logits, trained.logits, weight=weight), targets=by_texts.targets)


def _blended(by_texts: Logits, by_labels: Logits, *, weight: float) -> Logits:
    """Blend the logits of labeled classes, so that their total probability stays as the texts have it.

    The other classes keep their zero-shot probability.

    Args: by_texts: finite; by_labels: -inf for a class without a label; weight: of by_labels, 0..1.
    """
    logits, labeled = by_texts.copy(), np.isfinite(by_labels).all(axis=0)
    if labeled.any():
        of_labeled = by_texts[:, labeled]
        by_both = weight * by_labels[:, labeled] + (1 - weight) * of_labeled
        logits[:, labeled] = by_both + _mass(of_labeled) - _mass(by_both)
    return logits


def _mass(logits: Logits) -> Logits:
    summed: Logits = logsumexp(logits, axis=1, keepdims=True)
    return summed
