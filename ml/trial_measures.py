"""What a trial's predictions are worth, alone and beside those of the reference."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.comparison import Cost, Difference, Measures, Quality
from ml.evaluation import Evaluation, judge
from ml.hierarchy import parent_members, parent_probabilities
from ml.repeated_splits import ratio_of_tested
from ml.resampling import accuracy_over_splits, mean_over_splits
from ml.trial import LabeledImages, Trial


@dataclass(frozen=True, kw_only=True, eq=False)
class Correct:
    """How much was right. by_split: (splits,); by_image: (tested images,), the mean over repeats."""

    by_split: NDArray[np.float64]
    by_image: NDArray[np.float64]


def correct_of(trial: Trial, images: LabeledImages) -> Correct:
    """Trials of the same splits give it in the same order."""
    by_split = [
        judge(probabilities, images.targets[split.test], multi_label=images.multi_label).correct
        for split, probabilities in zip(trial.splits, trial.probabilities, strict=True)
    ]
    places = np.unique(trial.rows, return_inverse=True)[1]
    right = np.bincount(places, weights=np.concatenate(by_split))
    return Correct(by_split=np.array([each.mean() for each in by_split]), by_image=right / np.bincount(places))


def measures_of(
    trial: Trial, images: LabeledImages, evaluation: Evaluation, correct: Correct, reference: Correct | None
) -> Measures:
    """Args: evaluation: of the trial's pooled probabilities; reference: what is compared to, None for itself."""
    ratio = ratio_of_tested(trial.splits)
    return Measures(
        accuracy=accuracy_over_splits(correct.by_split, correct.by_image, tested_to_rest=ratio),
        difference=None if reference is None else _difference(correct, reference, ratio),
        quality=Quality(
            macro_f1=evaluation.macro_f1,
            log_loss=evaluation.log_loss,
            calibration_error=evaluation.calibration_error,
            parent_accuracy=_parent_accuracy(trial, images),
        ),
        cost=_cost(trial),
    )


def _difference(correct: Correct, reference: Correct, ratio: float) -> Difference:
    found = mean_over_splits(
        correct.by_split - reference.by_split, correct.by_image - reference.by_image, tested_to_rest=ratio
    )
    return Difference(interval=found.interval, chance=found.p_value)


def _parent_accuracy(trial: Trial, images: LabeledImages) -> float | None:
    """A parent is as probable as its classes together."""
    if images.parents is None or images.multi_label:
        return None
    said = parent_probabilities(trial.pooled, images.parents).argmax(axis=1)
    truth = parent_members(images.parents)[images.targets[trial.rows].argmax(axis=1)].argmax(axis=1)
    return float((said == truth).mean())


def _cost(trial: Trial) -> Cost:
    return Cost(
        train_seconds=trial.train_seconds,
        milliseconds_an_image=trial.serving.milliseconds_an_image,
        images_a_second=trial.serving.images_a_second,
        parameters=trial.cost.parameters,
        multiply_adds=trial.cost.multiply_adds,
    )
