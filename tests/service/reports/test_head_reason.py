"""The sentence that explains the choice of a head."""

import pytest

from ml.comparison.head_choice import HeadChoice, HeadGround, Rival
from ml.statistics.intervals import ConfidenceInterval
from ml.statistics.resampled_tests import TTest
from service.reports.head_reason import head_reason

KNN = Rival(
    name="knn",
    accuracy=TTest(interval=ConfidenceInterval(low=0.01, estimate=0.02, high=0.03), p_value=0.001),
    log_loss=TTest(interval=ConfidenceInterval(low=-0.2, estimate=-0.1, high=0.0), p_value=0.04),
)
COMPARED = (
    "+2.0 (+1.0 to +3.0) points of accuracy, -0.100 (-0.200 to +0.000) of log-loss, cross-validated on 60 training "
    "images"
)


@pytest.mark.parametrize(
    ("head", "ground", "rivals", "said"),
    [
        ("knn", HeadGround.RIVAL_IS_BETTER, 1, f"head knn replaces linear: {COMPARED}, beyond noise"),
        (
            "linear",
            HeadGround.NO_RIVAL_IS_BETTER,
            1,
            f"head linear stays: the other one is not better beyond noise; next is knn, {COMPARED}",
        ),
        (
            "linear",
            HeadGround.NO_RIVAL_IS_BETTER,
            3,
            f"head linear stays: none of 3 others is better beyond noise; next is knn, {COMPARED}",
        ),
    ],
)
def test_the_best_rival_is_named_with_its_lead(head: str, ground: HeadGround, rivals: int, said: str) -> None:
    choice = HeadChoice(head=head, incumbent="linear", ground=ground, tested_images=60, rivals=rivals, best=KNN)

    assert head_reason(choice) == said


@pytest.mark.parametrize(
    ("ground", "said"),
    [
        (HeadGround.TOO_FEW_IMAGES, "head linear stays: 18 images are too few to choose by, 20 are needed"),
        (HeadGround.INCUMBENT_CANNOT_BE_TRAINED, "head linear stays: it could not be cross-validated"),
        (HeadGround.NO_RIVALS, "head linear stays: there is no other to choose"),
    ],
)
def test_without_a_rival_the_sentence_says_why(ground: HeadGround, said: str) -> None:
    assert head_reason(HeadChoice(head="linear", incumbent="linear", ground=ground, tested_images=18)) == said
