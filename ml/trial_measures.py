"""What a trial's predictions are worth, alone and beside those of the reference."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.comparison import Cost, Difference, Measures
from ml.evaluation import judge
from ml.repeated_splits import ratio_of_tested
from ml.resampling import accuracy_over_splits, mean_over_splits
from ml.trial import LabeledImages, Trial
from ml.trial_quality import quality_of


@dataclass(frozen=True, kw_only=True, eq=False)
class Correct:
    """How much was right. by_split: (splits,); by_image: (tested images,), the mean over repeats."""

    by_split: NDArray[np.float64]
    by_image: NDArray[np.float64]


def correct_of(trial: Trial, images: LabeledImages) -> Correct:
    """Trials of the same splits give it in the same order."""
    by_split = [
        judge(
            answers.probabilities, images.targets[split.test], multi_label=images.multi_label, rule=answers.rule
        ).correct
        for split, answers in zip(trial.splits, trial.answers, strict=True)
    ]
    places = np.unique(trial.rows, return_inverse=True)[1]
    right = np.bincount(places, weights=np.concatenate(by_split))
    return Correct(by_split=np.array([each.mean() for each in by_split]), by_image=right / np.bincount(places))


def measures_of(trial: Trial, images: LabeledImages, correct: Correct, reference: Correct | None) -> Measures:
    """Args: reference: what is compared to, None for itself."""
    ratio = ratio_of_tested(trial.splits)
    return Measures(
        accuracy=accuracy_over_splits(correct.by_split, correct.by_image, tested_to_rest=ratio),
        difference=None if reference is None else _difference(correct, reference, ratio),
        quality=quality_of(trial, images),
        cost=_cost(trial),
    )


def _difference(correct: Correct, reference: Correct, ratio: float) -> Difference:
    found = mean_over_splits(
        correct.by_split - reference.by_split, correct.by_image - reference.by_image, tested_to_rest=ratio
    )
    return Difference(interval=found.interval, chance=found.p_value)


def _cost(trial: Trial) -> Cost:
    return Cost(
        train_seconds=trial.train_seconds,
        milliseconds_an_image=trial.serving.milliseconds_an_image,
        images_a_second=trial.serving.images_a_second,
        parameters=trial.cost.parameters,
        multiply_adds=trial.cost.multiply_adds,
    )
