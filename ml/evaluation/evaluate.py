"""Evaluates predicted probabilities on held-out images.

scikit-learn and scipy.stats are imported inside the functions: they take a second, and only training evaluates.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.calibration.decision_rule import DecisionRule
from ml.errors import NothingToEvaluate
from ml.metrics.agreement import krippendorff_alpha
from ml.metrics.calibration_error import expected_calibration_error
from ml.metrics.class_counts import ClassCounts, class_counter, count_classes, f1, macro, micro_f1, precision, recall
from ml.metrics.ranks import graded_scores, top_k_accuracy, truth_ranks
from ml.statistics.bootstrap import Draws, bootstrap_intervals
from ml.statistics.intervals import wilson_interval
from ml.types import Probabilities, Targets


@dataclass(frozen=True, kw_only=True, eq=False)
class PerImageScores:
    """Scores of each held-out image: correct: (images,) bool; log_losses: (images,) float64, 0 is best."""

    correct: NDArray[np.bool_]
    log_losses: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class ClassEvaluation:
    """Precision, recall and F1 of one class; images: how many held-out images have it."""

    label: str
    precision: float
    recall: float
    f1: float
    images: int


@dataclass(frozen=True, kw_only=True)
class SetEvaluation:
    """Coverage and size of the prediction sets of a single-label project.

    promised: the guaranteed share of sets that hold the true label; None if there were too few labels to guarantee it.
    coverage: the measured share, with Wilson's 95 % interval. A set is never empty, so it is at least the accuracy.
    mean_size: labels per set.
    """

    promised: float | None
    coverage: float
    coverage_interval: tuple[float, float]
    mean_size: float


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """Metrics of a classifier on held-out images.

    A metric is None if the label mode does not have it, an interval is None below 20 images. Intervals are 95 %:
    Wilson's for the accuracy, else percentile bootstrap over images.

    accuracy: share of images whose most likely class is correct; multi-label: whose whole set of labels is correct.
    top_k_accuracy: for k from 1 to 10, or to the number of classes.
    graded_score: 1, .8, .6 or 0 per image, see `ml.metrics.ranks.graded_scores`.
    macro_...: over the classes with held-out images; balanced_accuracy: equals macro_recall, single-label only.
    micro_f1, mean_average_precision: multi-label only; the latter over the classes with held-out images.
    krippendorff_alpha: nominal, between classifier and truth; also None if both are one and the same class throughout.
    log_loss: natural logarithm; multi-label: mean over images and classes.
    brier: sum over classes, 0..2; multi-label: mean over classes, 0..1.
    calibration_error: expected calibration error over 15 equal bins, of the most likely class; multi-label: of every
        class.
    label_sets: of the prediction sets, single-label only.
    confusion: rows are true classes, columns predicted ones, in label-set order.
    """

    images: int
    accuracy: float
    accuracy_interval: tuple[float, float]
    top_k_accuracy: tuple[float, ...] | None
    graded_score: float | None
    macro_precision: float
    macro_recall: float
    macro_f1: float
    macro_f1_interval: tuple[float, float] | None
    balanced_accuracy: float | None
    micro_f1: float | None
    mean_average_precision: float | None
    krippendorff_alpha: float | None
    krippendorff_alpha_interval: tuple[float, float] | None
    log_loss: float
    log_loss_interval: tuple[float, float] | None
    brier: float
    brier_interval: tuple[float, float] | None
    calibration_error: float
    label_sets: SetEvaluation | None
    per_class: tuple[ClassEvaluation, ...]
    confusion: tuple[tuple[int, ...], ...] | None

    def as_json(self) -> dict[str, Any]:
        """Convert to plain lists, strings and finite numbers."""
        return {name: _plain(value) for name, value in asdict(self).items()}


def evaluate(
    probabilities: Probabilities,
    targets: Targets,
    labels: tuple[str, ...],
    *,
    rule: DecisionRule,
    seed: int = 0,
) -> Evaluation:
    """Compute all metrics of held-out images, with intervals.

    Args: probabilities, targets: columns in the order of `labels`; rule: chooses labels and prediction sets; seed: of
        the bootstrap.
    Raises: NothingToEvaluate.
    """
    if len(targets) == 0:
        raise NothingToEvaluate("there is no held-out image to evaluate on")
    scores = score_images(probabilities, targets, rule=rule)
    chosen = rule.chosen(probabilities)
    briers = rule.mode.brier_scores(probabilities, targets)
    counts = count_classes(targets, chosen)
    mode_metrics = (_multi_label_metrics if rule.multi_label else _single_label_metrics)(
        probabilities, targets, counts, rule
    )
    intervals = _intervals(
        targets, chosen, scores.log_losses, briers, class_metrics=mode_metrics.class_metrics, seed=seed
    )
    return Evaluation(
        images=len(targets),
        accuracy=float(scores.correct.mean()),
        accuracy_interval=wilson_interval(float(scores.correct.mean()), len(targets)).bounds,
        top_k_accuracy=mode_metrics.top_k_accuracy,
        graded_score=mode_metrics.graded_score,
        macro_precision=float(macro(precision, counts)),
        macro_recall=float(macro(recall, counts)),
        macro_f1=float(macro(f1, counts)),
        macro_f1_interval=intervals.get("macro_f1"),
        balanced_accuracy=mode_metrics.balanced_accuracy,
        micro_f1=mode_metrics.micro_f1,
        mean_average_precision=mode_metrics.mean_average_precision,
        krippendorff_alpha=mode_metrics.krippendorff_alpha,
        krippendorff_alpha_interval=intervals.get("krippendorff_alpha"),
        log_loss=float(scores.log_losses.mean()),
        log_loss_interval=intervals.get("log_loss"),
        brier=float(briers.mean()),
        brier_interval=intervals.get("brier"),
        calibration_error=expected_calibration_error(probabilities, targets, mode=rule.mode),
        label_sets=mode_metrics.label_sets,
        per_class=_per_class(counts, labels),
        confusion=mode_metrics.confusion,
    )


def score_images(probabilities: Probabilities, targets: Targets, *, rule: DecisionRule) -> PerImageScores:
    """Score each image; it counts as wrong if its true class has probability 0, whichever class comes first."""
    losses = rule.mode.log_losses(probabilities, targets)
    if rule.multi_label:
        return PerImageScores(correct=(rule.chosen(probabilities) == targets).all(axis=1), log_losses=losses)
    return PerImageScores(correct=truth_ranks(probabilities, targets) == 0, log_losses=losses)


def label_set_evaluation(rule: DecisionRule, probabilities: Probabilities, targets: Targets) -> SetEvaluation:
    """Evaluate the prediction sets of a rule. Args: targets: one label per image."""
    sets = rule.prediction_sets(probabilities)
    held = np.asarray((sets & targets).any(axis=1))
    return SetEvaluation(
        promised=rule.coverage if rule.is_guaranteed else None,
        coverage=float(held.mean()),
        coverage_interval=wilson_interval(float(held.mean()), len(held)).bounds,
        mean_size=float(sets.sum(axis=1).mean()),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _ModeMetrics:
    """The parts of an `Evaluation` that depend on the label mode; class_metrics: metrics of resampled class counts."""

    class_metrics: Callable[[ClassCounts], dict[str, NDArray[np.float64]]]
    top_k_accuracy: tuple[float, ...] | None = None
    graded_score: float | None = None
    balanced_accuracy: float | None = None
    micro_f1: float | None = None
    mean_average_precision: float | None = None
    krippendorff_alpha: float | None = None
    label_sets: SetEvaluation | None = None
    confusion: tuple[tuple[int, ...], ...] | None = None


def _single_label_metrics(
    probabilities: Probabilities, targets: Targets, counts: ClassCounts, rule: DecisionRule
) -> _ModeMetrics:
    ranks = truth_ranks(probabilities, targets)
    return _ModeMetrics(
        class_metrics=_macro_f1_and_alpha,
        top_k_accuracy=top_k_accuracy(ranks, classes=targets.shape[1]),
        graded_score=float(graded_scores(ranks, probabilities.max(axis=1)).mean()),
        balanced_accuracy=float(macro(recall, counts)),
        krippendorff_alpha=_if_known(float(krippendorff_alpha(counts))),
        label_sets=label_set_evaluation(rule, probabilities, targets),
        confusion=_confusion(targets, rule.chosen(probabilities)),
    )


def _multi_label_metrics(
    probabilities: Probabilities, targets: Targets, counts: ClassCounts, _rule: DecisionRule
) -> _ModeMetrics:
    return _ModeMetrics(
        class_metrics=_macro_f1,
        micro_f1=micro_f1(counts),
        mean_average_precision=_mean_average_precision(probabilities, targets),
    )


def _intervals(
    targets: Targets,
    chosen: Targets,
    losses: NDArray[np.float64],
    briers: NDArray[np.float64],
    *,
    class_metrics: Callable[[ClassCounts], dict[str, NDArray[np.float64]]],
    seed: int,
) -> dict[str, tuple[float, float]]:
    """Compute the bootstrap interval of each metric that the label mode has, by name."""
    images = len(targets)
    count = class_counter(targets, chosen)

    def statistics(draws: Draws) -> dict[str, NDArray[np.float64]]:
        counts = count(draws)
        scores = {"log_loss": draws @ losses / images, "brier": draws @ briers / images}
        return class_metrics(counts) | scores

    found = bootstrap_intervals(statistics, images=images, seed=seed)
    return {name: interval.bounds for name, interval in found.items()}


def _macro_f1(counts: ClassCounts) -> dict[str, NDArray[np.float64]]:
    return {"macro_f1": macro(f1, counts)}


def _macro_f1_and_alpha(counts: ClassCounts) -> dict[str, NDArray[np.float64]]:
    # A resample of one class only, all correct, counts as full agreement.
    alpha = np.nan_to_num(krippendorff_alpha(counts), nan=1.0)
    return _macro_f1(counts) | {"krippendorff_alpha": alpha}


def _mean_average_precision(probabilities: Probabilities, targets: Targets) -> float | None:
    from sklearn.metrics import average_precision_score  # noqa: PLC0415

    present = targets.any(axis=0)
    if not present.any():
        return None
    return float(average_precision_score(targets[:, present], probabilities[:, present], average="macro"))


def _if_known(value: float) -> float | None:
    return None if np.isnan(value) else value


def _per_class(counts: ClassCounts, labels: tuple[str, ...]) -> tuple[ClassEvaluation, ...]:
    measured = zip(labels, precision(counts), recall(counts), f1(counts), counts.actual, strict=True)
    return tuple(
        ClassEvaluation(label=label, precision=float(p), recall=float(r), f1=float(both), images=int(images))
        for label, p, r, both, images in measured
    )


def _confusion(targets: Targets, chosen: Targets) -> tuple[tuple[int, ...], ...]:
    from sklearn.metrics import confusion_matrix  # noqa: PLC0415

    counts = confusion_matrix(targets.argmax(axis=1), chosen.argmax(axis=1), labels=range(targets.shape[1]))
    return tuple(tuple(int(count) for count in row) for row in counts)


def _plain(value: Any) -> Any:
    """Convert tuples to lists, recursively."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, tuple) else value
