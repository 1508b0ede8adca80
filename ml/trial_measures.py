"""What a trial's predictions are worth, alone and beside those of the reference."""

from ml.comparison import Cost, Difference, Measures
from ml.evaluation import judge
from ml.paired_scores import PairedScores, mean_difference, paired_scores
from ml.splits.repeated_splits import ratio_of_test_to_train
from ml.statistics.resampled_tests import accuracy_interval
from ml.trial import LabeledImages, Trial
from ml.trial_quality import quality_of


def correct_of(trial: Trial, images: LabeledImages) -> PairedScores:
    """How much was right."""
    return paired_scores(
        [
            judge(answers.probabilities, images.targets[split.test], rule=answers.rule).correct
            for split, answers in zip(trial.splits, trial.answers, strict=True)
        ],
        trial.splits,
    )


def measures_of(trial: Trial, images: LabeledImages, correct: PairedScores, reference: PairedScores | None) -> Measures:
    """Args: reference: what is compared to, None for itself."""
    return Measures(
        accuracy=accuracy_interval(
            correct.by_split, correct.by_image, test_train_ratio=ratio_of_test_to_train(trial.splits)
        ),
        difference=None if reference is None else _difference(correct, reference, trial),
        quality=quality_of(trial, images),
        cost=_cost(trial),
    )


def _difference(correct: PairedScores, reference: PairedScores, trial: Trial) -> Difference:
    found = mean_difference(correct, reference, trial.splits)
    return Difference(interval=found.interval, chance=found.p_value)


def _cost(trial: Trial) -> Cost:
    return Cost(
        train_seconds=trial.train_seconds,
        milliseconds_an_image=trial.serving.milliseconds_an_image,
        images_a_second=trial.serving.images_a_second,
        parameters=trial.cost.parameters,
        multiply_adds=trial.cost.multiply_adds,
    )
