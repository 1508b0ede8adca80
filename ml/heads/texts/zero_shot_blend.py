"""Zero-shot blended with softmax regression: texts answer first, labels take over as far as they prove better."""

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
# Shares of the trained head. Finer steps chose no better.
WEIGHTS = (TEXTS_ONLY, 0.25, 0.5, 0.75, 0.9, 1.0)
# With too few labels to choose by: loses least where texts are nearly perfect, and where they are poor.
DEFAULT_REGULARISATION, DEFAULT_WEIGHT = 10.0, 0.5


class ZeroShotBlend(HeadRecipe):
    """Logits of both heads in a share that cross-validation chooses; of texts alone for a class without a label."""

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

        # Texts have no setting; their logits are taken of the same images.
        def train_both(embeddings: Embeddings, targets: Targets, settings: Sequence[float]) -> list[LinearHead]:
            return [texts, *fit_softmax_path(embeddings, targets, settings[1:])]

        unseen = out_of_fold(train_both, (TEXTS_ONLY, *CS), embeddings, targets, seed=seed)
        if unseen is None:
            (trained,) = fit_softmax_path(embeddings, targets, (DEFAULT_REGULARISATION,))
            return TrainedHead(head=BlendedHead(texts=texts, trained=trained, weight=DEFAULT_WEIGHT), out_of_fold=None)
        chosen = _choose(unseen[0], unseen[1:])
        trained = fit_softmax_path(embeddings, targets, CS[: chosen.setting + 1])[-1]
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
    """texts: finite for all classes; trained: biases are -inf for a class without a label; weight: trained's, 0..1."""

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
    """setting: its place among CS; weight: the trained head's, 0..1; out_of_fold: what speaks for them."""

    setting: int
    weight: float
    out_of_fold: OutOfFold


def _choose(by_texts: OutOfFold, by_labels: Sequence[OutOfFold]) -> _SelectedBlend:
    """The regularisation at the usual weight, then the weight, then the regularisation at that weight.

    Each blend is judged after a temperature of its own, which of many classes takes seconds: all pairs would be twice
    as many. On average over clothes (tiny CLIP) and scenes, with 2 to 30 labels a class, this chose no worse: the
    log-losses were .534 and .536, the accuracies 83.9 % both.
    """
    setting = best_of(_blends(by_texts, by_labels, (DEFAULT_WEIGHT,)), mode=SINGLE_LABEL).index
    weight = WEIGHTS[best_of(_blends(by_texts, by_labels[setting : setting + 1], WEIGHTS), mode=SINGLE_LABEL).index]
    best = best_of(_blends(by_texts, by_labels, (weight,)), mode=SINGLE_LABEL)
    return _SelectedBlend(setting=best.index, weight=weight, out_of_fold=best.out_of_fold)


def _blends(by_texts: OutOfFold, by_labels: Sequence[OutOfFold], weights: Sequence[float]) -> Iterator[OutOfFold]:
    """One at a time, for of many classes each is large."""
    for trained, weight in product(by_labels, weights):
        yield OutOfFold(logits=_blended(by_texts.logits, trained.logits, weight=weight), targets=by_texts.targets)


def _blended(by_texts: Logits, by_labels: Logits, *, weight: float) -> Logits:
    """Labeled classes share the probability that texts give them together; the others keep what texts give.

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
