"""The sentence that names the best head."""

from dataclasses import replace

import pytest

from ml.comparison.results import ComparedEncoder, Comparison, ComparisonRow, Cost, Difference, Measures, Quality
from ml.statistics.intervals import ConfidenceInterval
from service.reports.comparison.verdict import comparison_verdict, noise_of

QUALITY = Quality(macro_f1=0.9, log_loss=0.2, brier=0.1, calibration_error=0.02)
COST = Cost(train_seconds=1, milliseconds_an_image=0.1, images_a_second=10_000, parameters=10, multiply_adds=10)


def row(head: str, accuracy: float, difference: Difference | None = None) -> ComparisonRow:
    measures = Measures(
        accuracy=ConfidenceInterval(low=accuracy - 0.012, estimate=accuracy, high=accuracy + 0.012),
        difference=difference,
        quality=QUALITY,
        cost=COST,
    )
    return ComparisonRow(encoder="lite", head=head, labels_per_class=None, measures=measures)


def ahead(estimate: float, *, p_value: float) -> Difference:
    return Difference(
        interval=ConfidenceInterval(low=estimate - 0.007, estimate=estimate, high=estimate + 0.007), p_value=p_value
    )


def comparison(*rows: ComparisonRow, best: int | None) -> Comparison:
    return Comparison(
        images=100,
        labels=("a", "b"),
        multi_label=False,
        splits=5,
        seed=0,
        coverage=0.9,
        reference_encoder="lite",
        reference_head="linear",
        encoders=(ComparedEncoder(name="lite", dimension=8),),
        rows=rows,
        best=best,
        errors=None,
    )


def test_best_head_is_named_with_its_lead_over_the_default() -> None:
    found = comparison(row("linear", 0.93), row("knn", 0.934, ahead(0.004, p_value=0.3)), best=1)

    assert comparison_verdict(found) == (
        "knn is best: 93.4 % (92.2-94.6); +0.4 (-0.3 to +1.1) points over the default: within noise"
    )


def test_default_that_is_best_is_named_with_the_next_one() -> None:
    found = comparison(
        row("linear", 0.93),
        row("mean", 0.9, ahead(-0.03, p_value=0.001)),
        row("knn", 0.92, ahead(-0.01, p_value=0.02)),
        best=0,
    )  # fmt: skip

    assert comparison_verdict(found) == (
        "linear, the default, is best: 93.0 % (91.8-94.2); next is knn, -1.0 (-1.7 to -0.3) points: beyond noise"
    )


def test_default_alone_says_so() -> None:
    assert comparison_verdict(comparison(row("linear", 0.93), best=0)).endswith("there is nothing to compare it with")


def test_default_that_could_not_be_trained_is_said() -> None:
    refused = ComparisonRow(encoder="lite", head="linear", labels_per_class=None, refusal="too few labels")

    assert comparison_verdict(comparison(refused, row("zero-shot", 0.6), best=1)) == (
        "zero-shot is best: 60.0 % (58.8-61.2); the default could not be trained"
    )


def test_why_nothing_could_be_trained_is_said() -> None:
    refused = ComparisonRow(encoder="lite", head="linear", labels_per_class=None, refusal="too few labels")

    assert comparison_verdict(comparison(refused, best=None)) == "no head could be trained: too few labels"


def test_encoders_are_named_where_there_are_several() -> None:
    found = comparison(row("linear", 0.93), row("knn", 0.934, ahead(0.004, p_value=0.3)), best=1)
    two = replace(found, encoders=(*found.encoders, ComparedEncoder(name="clip", dimension=8)))

    assert comparison_verdict(two).startswith("knn on lite is best")


@pytest.mark.parametrize(
    ("p_value", "rivals", "said"),
    [
        (0.2, 1, "within noise"),
        (0.01, 1, "beyond noise"),
        (0.01, 10, "beyond noise by itself, but the best of 10 may be so by luck"),
        (0.004, 10, "beyond noise"),
    ],
)
def test_more_contenders_need_a_clearer_lead(p_value: float, rivals: int, said: str) -> None:
    assert noise_of(ahead(0.01, p_value=p_value), rivals=rivals) == said
