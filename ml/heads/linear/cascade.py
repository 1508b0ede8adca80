"""Two-stage cascade: softmax regression, then binary heads of easily confused classes for images of small margin."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_expit, log_softmax, logsumexp

from ml.calibration.temperature import fit_temperature
from ml.heads.base import NO_SIDE_INFORMATION, Head, HeadCost, HeadRecipe, SideInformation, TrainedHead
from ml.heads.cross_validation import ChosenHyperparameter, select_hyperparameter
from ml.heads.linear.confusable_classes import ConfusableClasses, confusable_classes, train_against_confusable
from ml.heads.linear.linear_head import LinearHead, restore_linear
from ml.heads.linear.regularisation import CS, DEFAULT_C
from ml.heads.linear.softmax_regression import fit_softmax_path
from ml.heads.seen_classes import require_two_classes
from ml.labels.label_mode import SINGLE_LABEL
from ml.statistics.intervals import is_clearly_positive
from ml.types import Embeddings, Logits, OutOfFold, Targets, Tensors

# Candidate thresholds: the second stage is used if the margin of the first head is smaller.
THRESHOLDS = (0.1, 0.2, 0.4)
TOP_CLASSES = 2
# Prefix of the tensor names of the second stage.
_SECOND = "second_"


class Cascade(HeadRecipe):
    """Softmax regression with a second stage: per class, a binary head against its most confusable classes only.

    Cross-validation chooses the margin below which the second stage is used. If the second stage is not clearly better,
    it is left out and plain softmax regression remains.
    """

    kind: ClassVar = "cascade"

    def train(
        self,
        embeddings: Embeddings,
        targets: Targets,
        *,
        seed: int,
        side_information: SideInformation = NO_SIDE_INFORMATION,
    ) -> TrainedHead:
        require_two_classes(targets)
        first = select_hyperparameter(fit_softmax_path, CS, embeddings, targets, mode=SINGLE_LABEL, seed=seed)
        if first is None:
            head = _without_second(embeddings, targets, (DEFAULT_C,))
            return TrainedHead(head=head, out_of_fold=None)
        plan = _plan_of(first)
        both = select_hyperparameter(plan.train, THRESHOLDS, embeddings, targets, mode=SINGLE_LABEL, seed=seed)
        if both is None or not is_clearly_better(both.out_of_fold, first.out_of_fold):
            head = _without_second(embeddings, targets, plan.cs)
            return TrainedHead(head=head, out_of_fold=first.out_of_fold)
        head = plan.train(embeddings, targets, (THRESHOLDS[both.index],))[0]
        return TrainedHead(head=head, out_of_fold=both.out_of_fold)

    def restore(self, tensors: Tensors) -> Head:
        second = {name.removeprefix(_SECOND): tensor for name, tensor in tensors.items() if name.startswith(_SECOND)}
        return CascadeHead(
            first=restore_linear(tensors),
            second=restore_linear(second) if second else None,
            threshold=float(tensors["threshold"]),
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class CascadeHead:
    """A trained cascade.

    Attributes:
        first: softmax regression; its logits are calibrated if there is a second stage.
        second: one binary logit per class, against its confusable classes; None if there is no second stage.
    """

    first: LinearHead
    second: LinearHead | None
    threshold: float

    def logits(self, embeddings: Embeddings) -> Logits:
        """Return log-probabilities; if the margin is small, the second stage divides the mass of the top two again."""
        logits: Logits = log_softmax(self.first.logits(embeddings), axis=1)
        if self.second is not None:
            unsure = _margins(logits) < self.threshold
            logits[unsure] = _divide_top_two(logits[unsure], self.second.logits(embeddings[unsure]))
        return logits

    def tensors(self) -> Tensors:
        second = {} if self.second is None else self.second.tensors()
        return {
            **self.first.tensors(),
            **{f"{_SECOND}{name}": tensor for name, tensor in second.items()},
            "threshold": np.array(self.threshold),
        }

    def cost(self) -> HeadCost:
        """Return the cost of an image that goes through both stages."""
        costs = [head.cost() for head in (self.first, self.second) if head is not None]
        return HeadCost(
            parameters=sum(cost.parameters for cost in costs) + 1,
            multiply_adds=sum(cost.multiply_adds for cost in costs),
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Plan:
    """Settings of both stages, chosen before thresholds are compared.

    Attributes: cs: the regularisation path up to the C of the first head; temperature: of the first head.
    """

    cs: Sequence[float]
    temperature: float
    confusable: ConfusableClasses

    def train(self, embeddings: Embeddings, targets: Targets, thresholds: Sequence[float]) -> list[CascadeHead]:
        """Train one head per threshold."""
        uncalibrated = fit_softmax_path(embeddings, targets, self.cs)[-1]
        by = np.float32(self.temperature)
        first = LinearHead(weights=uncalibrated.weights / by, biases=uncalibrated.biases / by)
        second = train_against_confusable(embeddings, targets, self.confusable, self.cs[-1])
        return [CascadeHead(first=first, second=second, threshold=threshold) for threshold in thresholds]


def _without_second(embeddings: Embeddings, targets: Targets, cs: Sequence[float]) -> CascadeHead:
    return CascadeHead(first=fit_softmax_path(embeddings, targets, cs)[-1], second=None, threshold=0.0)


def _plan_of(first: ChosenHyperparameter) -> _Plan:
    unseen = first.out_of_fold
    temperature = fit_temperature(unseen.logits, unseen.targets, mode=SINGLE_LABEL)
    confusable = confusable_classes(unseen.logits / temperature, unseen.targets)
    return _Plan(cs=CS[: first.index + 1], temperature=temperature, confusable=confusable)


def _margins(logits: Logits) -> NDArray[np.float64]:
    best = np.sort(np.exp(logits), axis=1)
    margins: NDArray[np.float64] = best[:, -1] - best[:, -2]
    return margins


def _divide_top_two(first: Logits, second: Logits) -> Logits:
    """Divide the probability of the top two classes by the second stage; other classes keep theirs.

    Args: first: log-probabilities; second: per class, the logit of the class against its confusable classes.
    """
    best = np.argsort(-first, axis=1, kind="stable")[:, :TOP_CLASSES]
    together = logsumexp(np.take_along_axis(first, best, axis=1), axis=1, keepdims=True)
    shares = log_softmax(log_expit(np.take_along_axis(second, best, axis=1)), axis=1)
    decided = first.copy()
    np.put_along_axis(decided, best, together + shares, axis=1)
    return decided


def is_clearly_better(candidate: OutOfFold, other: OutOfFold) -> bool:
    """Return True if the calibrated log-loss on the same images is lower by more than the noise of the difference.

    Args: candidate, other: logits of the same images, one label per image.
    """
    return is_clearly_positive(_calibrated_losses(other) - _calibrated_losses(candidate))


def _calibrated_losses(unseen: OutOfFold) -> NDArray[np.float64]:
    temperature = fit_temperature(unseen.logits, unseen.targets, mode=SINGLE_LABEL)
    losses: NDArray[np.float64] = -log_softmax(unseen.logits / temperature, axis=1)[unseen.targets]
    return losses
