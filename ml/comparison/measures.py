"""Computes the measures of a trial's predictions, alone and against the reference."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ml.comparison.paired_scores import PairedScores, mean_difference, paired_scores
from ml.comparison.results import ComparisonErrors, Cost, Difference, Measures, Quality
from ml.comparison.trial import LabeledImages, Trial
from ml.evaluation.evaluate import score_images
from ml.evaluation.mistakes import misclassified
from ml.labels.hierarchy import Parents, parent_members, parent_probabilities
from ml.labels.label_mode import label_mode, most_likely
from ml.metrics.agreement import krippendorff_alpha
from ml.metrics.calibration_error import expected_calibration_error
from ml.metrics.class_counts import count_classes, f1, macro
from ml.metrics.ranks import graded_scores, top_k_accuracy, truth_ranks
from ml.splits.repeated_splits import ratio_of_test_to_train
from ml.statistics.resampled_tests import accuracy_interval
from ml.types import Probabilities, Targets


def correct_of(trial: Trial, images: LabeledImages) -> PairedScores:
    """Score each test prediction as correct or not, averaged by split and by image."""
    return paired_scores(
        [
            score_images(predictions.probabilities, images.targets[split.test], rule=predictions.rule).correct
            for split, predictions in zip(trial.splits, trial.predictions, strict=True)
        ],
        trial.splits,
    )


def measures_of(trial: Trial, images: LabeledImages, correct: PairedScores, reference: PairedScores | None) -> Measures:
    """Compute all measures of a trial. Args: reference: its scores; None for the reference itself."""
    return Measures(
        accuracy=accuracy_interval(
            correct.by_split, correct.by_image, test_train_ratio=ratio_of_test_to_train(trial.splits)
        ),
        difference=None if reference is None else _difference(correct, reference, trial),
        quality=trial_quality(trial, images),
        cost=_cost(trial),
    )


def _difference(correct: PairedScores, reference: PairedScores, trial: Trial) -> Difference:
    found = mean_difference(correct, reference, trial.splits)
    return Difference(interval=found.interval, p_value=found.p_value)


def _cost(trial: Trial) -> Cost:
    return Cost(
        train_seconds=trial.train_seconds,
        milliseconds_an_image=trial.serving.milliseconds_an_image,
        images_a_second=trial.serving.images_a_second,
        parameters=trial.cost.parameters,
        multiply_adds=trial.cost.multiply_adds,
    )


def errors_of(trial: Trial, images: LabeledImages) -> ComparisonErrors:
    """Compute the confusion matrix and the mistakes; an image is a mistake if its mean over repeats is.

    Args: images: with one label each.
    """
    predicted = np.concatenate([most_likely(predictions.probabilities) for predictions in trial.predictions])
    confusion = images.targets[trial.rows].astype(np.intp).T @ predicted.astype(np.intp)
    tested, means = _means_by_image(trial)
    names = [images.names[row] for row in tested]
    return ComparisonErrors(
        confusion=tuple(tuple(row) for row in confusion.tolist()),
        mistakes=tuple(misclassified(names, means, images.targets[tested], images.labels)),
    )


def _means_by_image(trial: Trial) -> tuple[NDArray[np.intp], Probabilities]:
    """Return the rows of the tested images, in order, and the mean probabilities of each over repeats."""
    tested, places = np.unique(trial.rows, return_inverse=True)
    probabilities = np.concatenate([predictions.probabilities for predictions in trial.predictions])
    sums = np.zeros((len(tested), probabilities.shape[1]))
    np.add.at(sums, places, probabilities)
    return tested, sums / np.bincount(places)[:, None]


TOP = 5


def trial_quality(trial: Trial, images: LabeledImages) -> Quality:
    """Compute the quality over all tests together, since a single split may hold few images of a class."""
    targets = images.targets[trial.rows]
    probabilities = np.concatenate([predictions.probabilities for predictions in trial.predictions])
    chosen = np.concatenate([predictions.rule.chosen(predictions.probabilities) for predictions in trial.predictions])
    mode = label_mode(multi_label=images.multi_label)
    quality = Quality(
        macro_f1=float(macro(f1, count_classes(targets, chosen))),
        log_loss=float(mode.log_losses(probabilities, targets).mean()),
        brier=float(mode.brier_scores(probabilities, targets).mean()),
        calibration_error=expected_calibration_error(probabilities, targets, mode=mode),
    )
    if images.multi_label:
        return quality
    sets = np.concatenate(
        [predictions.rule.prediction_sets(predictions.probabilities) for predictions in trial.predictions]
    )
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
    """Compute the share of images whose parent is predicted correctly, from summed class probabilities."""
    predicted = parent_probabilities(probabilities, parents).argmax(axis=1)
    truth = parent_members(parents)[targets.argmax(axis=1)].argmax(axis=1)
    return float((predicted == truth).mean())
