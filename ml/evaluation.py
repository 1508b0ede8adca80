"""Measures how good probabilities are on images that training never saw.

What measures is imported inside the functions: scikit-learn and scipy.stats take a second, and only training evaluates.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.head import Probabilities, Targets
from ml.targets import more_likely_than_not

CALIBRATION_BINS = 15
# Without a floor, one image of a class with probability 0 makes the mean log-loss infinite.
SMALLEST_PROBABILITY = 1e-7


class NothingToEvaluate(Exception):
    """There is no held-out image."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Judgement:
    """What became of each held-out image: correct: (images,) bool; log_losses: (images,) float64, 0 is best."""

    correct: NDArray[np.bool_]
    log_losses: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class ClassEvaluation:
    """How good one class is; images counts those that truly are of it."""

    label: str
    precision: float
    recall: float
    f1: float
    images: int


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """How good a classifier is on held-out images.

    accuracy: the share whose most likely class is right; with several labels an image, whose whole set is right.
    accuracy_interval: Wilson's, 95 %.
    macro_f1: over the classes with held-out images.
    log_loss: natural logarithm; with several labels an image, mean over images and classes.
    calibration_error: expected calibration error over 15 equal bins, of the most likely class or of every class.
    confusion: rows are true classes, columns predicted ones, in label-set order; None with several labels an image.
    """

    images: int
    accuracy: float
    accuracy_interval: tuple[float, float]
    macro_f1: float
    per_class: tuple[ClassEvaluation, ...]
    log_loss: float
    calibration_error: float
    confusion: tuple[tuple[int, ...], ...] | None

    def as_json(self) -> dict[str, Any]:
        """Plain lists, texts and finite numbers."""
        plain = asdict(self)
        plain["accuracy_interval"] = list(self.accuracy_interval)
        plain["per_class"] = list(plain["per_class"])
        plain["confusion"] = None if self.confusion is None else [list(row) for row in self.confusion]
        return plain


def evaluate(probabilities: Probabilities, targets: Targets, labels: tuple[str, ...], multi_label: bool) -> Evaluation:
    """Columns are in the order of `labels`. Raises: NothingToEvaluate."""
    if len(targets) == 0:
        raise NothingToEvaluate("there is no held-out image to evaluate on")
    judgement = judge(probabilities, targets, multi_label=multi_label)
    predicted = _predicted(probabilities, multi_label=multi_label)
    per_class = _per_class(targets, predicted, labels)
    return Evaluation(
        images=len(targets),
        accuracy=float(judgement.correct.mean()),
        accuracy_interval=_wilson(judgement.correct),
        macro_f1=float(np.mean([each.f1 for each in per_class if each.images])),
        per_class=per_class,
        log_loss=float(judgement.log_losses.mean()),
        calibration_error=_calibration_error(probabilities, targets, predicted, multi_label=multi_label),
        confusion=None if multi_label else _confusion(targets, predicted),
    )


def judge(probabilities: Probabilities, targets: Targets, *, multi_label: bool) -> Judgement:
    """An image of a class with probability 0 is wrong, whichever class comes first."""
    sure = np.clip(probabilities, SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY)
    if multi_label:
        correct = (_predicted(probabilities, multi_label=True) == targets).all(axis=1)
        return Judgement(correct=correct, log_losses=-np.log(np.where(targets, sure, 1 - sure)).mean(axis=1))
    possible = probabilities[targets] > 0
    right = probabilities.argmax(axis=1) == targets.argmax(axis=1)
    return Judgement(
        correct=right & possible, log_losses=-np.log(np.maximum(probabilities[targets], SMALLEST_PROBABILITY))
    )


def _predicted(probabilities: Probabilities, *, multi_label: bool) -> Targets:
    if multi_label:
        return more_likely_than_not(probabilities)
    predicted: Targets = np.eye(probabilities.shape[1], dtype=np.bool_)[probabilities.argmax(axis=1)]
    return predicted


def _wilson(correct: NDArray[np.bool_]) -> tuple[float, float]:
    from scipy.stats import binomtest  # noqa: PLC0415

    interval = binomtest(int(correct.sum()), len(correct)).proportion_ci(confidence_level=0.95, method="wilson")
    return float(interval.low), float(interval.high)


def _per_class(targets: Targets, predicted: Targets, labels: tuple[str, ...]) -> tuple[ClassEvaluation, ...]:
    from sklearn.metrics import precision_recall_fscore_support  # noqa: PLC0415

    measured = precision_recall_fscore_support(targets, predicted, zero_division=0)
    return tuple(
        ClassEvaluation(label=label, precision=float(p), recall=float(r), f1=float(f1), images=int(images))
        for label, p, r, f1, images in zip(labels, *measured, strict=True)
    )


def _confusion(targets: Targets, predicted: Targets) -> tuple[tuple[int, ...], ...]:
    from sklearn.metrics import confusion_matrix  # noqa: PLC0415

    counts = confusion_matrix(targets.argmax(axis=1), predicted.argmax(axis=1), labels=range(targets.shape[1]))
    return tuple(tuple(int(count) for count in row) for row in counts)


def _calibration_error(
    probabilities: Probabilities, targets: Targets, predicted: Targets, *, multi_label: bool
) -> float:
    """Guo et al. 2017; with several labels an image every probability of "yes" is compared with how often it was."""
    sure = probabilities.ravel() if multi_label else probabilities.max(axis=1)
    right = targets.ravel() if multi_label else np.asarray((predicted & targets).any(axis=1))
    bins = np.minimum((sure * CALIBRATION_BINS).astype(np.intp), CALIBRATION_BINS - 1)
    gaps = np.bincount(bins, weights=sure - right, minlength=CALIBRATION_BINS)
    return float(np.abs(gaps).sum() / len(sure))
