"""How good a trial's answers are, over all its tests."""

from dataclasses import replace

import numpy as np

from ml.comparison import Quality
from ml.hierarchy import Parents, parent_members, parent_probabilities
from ml.label_mode import label_mode
from ml.metrics.agreement import krippendorff_alpha
from ml.metrics.calibration_error import expected_calibration_error
from ml.metrics.class_counts import count_classes, f1, macro
from ml.metrics.ranks import graded_scores, top_k_accuracy, truth_ranks
from ml.trial import LabeledImages, Trial
from ml.types import Probabilities, Targets

TOP = 5


def quality_of(trial: Trial, images: LabeledImages) -> Quality:
    """Every test counts alike: figures of classes come from all splits together, since one may hold few of a class."""
    targets = images.targets[trial.rows]
    probabilities = np.concatenate([answers.probabilities for answers in trial.answers])
    chosen = np.concatenate([answers.rule.chosen(answers.probabilities) for answers in trial.answers])
    mode = label_mode(multi_label=images.multi_label)
    quality = Quality(
        macro_f1=float(macro(f1, count_classes(targets, chosen))),
        log_loss=float(mode.log_losses(probabilities, targets).mean()),
        brier=float(mode.brier_scores(probabilities, targets).mean()),
        calibration_error=expected_calibration_error(probabilities, targets, mode=mode),
    )
    if images.multi_label:
        return quality
    sets = np.concatenate([answers.rule.label_sets(answers.probabilities) for answers in trial.answers])
    parents = images.parents
    return replace(
        _with_ranks(quality, probabilities, targets),
        krippendorff_alpha=_agreement(targets, chosen),
        coverage=float((sets & targets).any(axis=1).mean()),
        mean_set_size=float(sets.sum(axis=1).mean()),
        parent_accuracy=None if parents is None else _parent_accuracy(probabilities, targets, parents),
    )


def _with_ranks(quality: Quality, probabilities: Probabilities, targets: Targets) -> Quality:
    ranks = truth_ranks(probabilities, targets)
    return replace(
        quality,
        top_5_accuracy=top_k_accuracy(ranks, classes=targets.shape[1])[:TOP][-1],
        graded_score=float(graded_scores(ranks, probabilities.max(axis=1)).mean()),
    )


def _agreement(targets: Targets, chosen: Targets) -> float | None:
    alpha = float(krippendorff_alpha(count_classes(targets, chosen)))
    return None if np.isnan(alpha) else alpha


def _parent_accuracy(probabilities: Probabilities, targets: Targets, parents: Parents) -> float:
    """A parent is as probable as its classes together."""
    said = parent_probabilities(probabilities, parents).argmax(axis=1)
    truth = parent_members(parents)[targets.argmax(axis=1)].argmax(axis=1)
    return float((said == truth).mean())
