"""Cascade: where softmax regression wavers between two classes, heads that know these against their rivals decide."""

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

# Margins of the first head below which the second ones may be asked.
THRESHOLDS = (0.1, 0.2, 0.4)
CONTENDERS = 2
# What the names of the second heads' tensors start with.
_SECOND = "second_"


class Cascade(HeadRecipe):
    """Softmax regression, and for each class a second head that was trained against its rivals alone.

    Cross-validation chooses below which margin the second heads are asked. Where asking them is not clearly better than
    never to ask, they are left out, and what stays is softmax regression.
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
        asking = select_hyperparameter(plan.train, THRESHOLDS, embeddings, targets, mode=SINGLE_LABEL, seed=seed)
        if asking is None or not is_clearly_better(asking.out_of_fold, first.out_of_fold):
            head = _without_second(embeddings, targets, plan.settings)
            return TrainedHead(head=head, out_of_fold=first.out_of_fold)
        head = plan.train(embeddings, targets, (THRESHOLDS[asking.index],))[0]
        return TrainedHead(head=head, out_of_fold=asking.out_of_fold)

    def restore(self, tensors: Tensors) -> Head:
        second = {name.removeprefix(_SECOND): tensor for name, tensor in tensors.items() if name.startswith(_SECOND)}
        return CascadeHead(
            first=restore_linear(tensors),
            second=restore_linear(second) if second else None,
            threshold=float(tensors["threshold"]),
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class CascadeHead:
    """first: its softmax is calibrated if there is a second; second: logits of each class against its rivals."""

    first: LinearHead
    second: LinearHead | None
    threshold: float

    def logits(self, embeddings: Embeddings) -> Logits:
        """Logarithms of probabilities: the two best classes of an unsure image share anew what they have together."""
        logits: Logits = log_softmax(self.first.logits(embeddings), axis=1)
        if self.second is not None:
            unsure = _margins(logits) < self.threshold
            logits[unsure] = _decide_again(logits[unsure], self.second.logits(embeddings[unsure]))
        return logits

    def tensors(self) -> Tensors:
        second = {} if self.second is None else self.second.tensors()
        return {
            **self.first.tensors(),
            **{f"{_SECOND}{name}": tensor for name, tensor in second.items()},
            "threshold": np.array(self.threshold),
        }

    def cost(self) -> HeadCost:
        """Of an image for which the second heads are asked."""
        costs = [head.cost() for head in (self.first, self.second) if head is not None]
        return HeadCost(
            parameters=sum(cost.parameters for cost in costs) + 1,
            multiply_adds=sum(cost.multiply_adds for cost in costs),
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Plan:
    """What is known of the first head before thresholds are tried; settings: the path to its regularisation."""

    settings: Sequence[float]
    temperature: float
    rivals: ConfusableClasses

    def train(self, embeddings: Embeddings, targets: Targets, thresholds: Sequence[float]) -> list[CascadeHead]:
        """One head per threshold."""
        hot = fit_softmax_path(embeddings, targets, self.settings)[-1]
        by = np.float32(self.temperature)
        first = LinearHead(weights=hot.weights / by, biases=hot.biases / by)
        second = train_against_confusable(embeddings, targets, self.rivals, self.settings[-1])
        return [CascadeHead(first=first, second=second, threshold=threshold) for threshold in thresholds]


def _without_second(embeddings: Embeddings, targets: Targets, settings: Sequence[float]) -> CascadeHead:
    return CascadeHead(first=fit_softmax_path(embeddings, targets, settings)[-1], second=None, threshold=0.0)


def _plan_of(first: ChosenHyperparameter) -> _Plan:
    unseen = first.out_of_fold
    temperature = fit_temperature(unseen.logits, unseen.targets, mode=SINGLE_LABEL)
    rivals = confusable_classes(unseen.logits / temperature, unseen.targets)
    return _Plan(settings=CS[: first.index + 1], temperature=temperature, rivals=rivals)


def _margins(logits: Logits) -> NDArray[np.float64]:
    best = np.sort(np.exp(logits), axis=1)
    margins: NDArray[np.float64] = best[:, -1] - best[:, -2]
    return margins


def _decide_again(first: Logits, second: Logits) -> Logits:
    """Args: first: logarithms of probabilities, changed nowhere but at the two best; second: logits of "this one"."""
    best = np.argsort(-first, axis=1, kind="stable")[:, :CONTENDERS]
    together = logsumexp(np.take_along_axis(first, best, axis=1), axis=1, keepdims=True)
    shares = log_softmax(log_expit(np.take_along_axis(second, best, axis=1)), axis=1)
    decided = first.copy()
    np.put_along_axis(decided, best, together + shares, axis=1)
    return decided


def is_clearly_better(candidate: OutOfFold, other: OutOfFold) -> bool:
    """Whether the same images, one label each, lose less after temperature by more than the noise of the difference."""
    return is_clearly_positive(_calibrated_losses(other) - _calibrated_losses(candidate))


def _calibrated_losses(unseen: OutOfFold) -> NDArray[np.float64]:
    temperature = fit_temperature(unseen.logits, unseen.targets, mode=SINGLE_LABEL)
    losses: NDArray[np.float64] = -log_softmax(unseen.logits / temperature, axis=1)[unseen.targets]
    return losses
