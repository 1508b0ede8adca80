"""A small comparison with every part that a comparison can have."""

from dataclasses import replace
from datetime import UTC, datetime

from ml.comparison.results import (
    ComparedEncoder,
    Comparison,
    ComparisonErrors,
    ComparisonRow,
    Cost,
    Difference,
    Measures,
    Quality,
)
from ml.evaluation.mistakes import Mistake
from ml.statistics.intervals import ConfidenceInterval
from service.reports.comparison.record import ComparisonRecord
from service.reports.left_out import LeftOut

HOSTILE = '<script>alert("x")</script>'


def interval(estimate: float) -> ConfidenceInterval:
    return ConfidenceInterval(low=estimate - 0.02, estimate=estimate, high=estimate + 0.02)


def a_row(head: str, accuracy: float, *, size: int | None = None, difference: float | None = None) -> ComparisonRow:
    measures = Measures(
        accuracy=interval(accuracy),
        difference=None if difference is None else Difference(interval=interval(difference), p_value=0.4),
        quality=Quality(macro_f1=0.9, log_loss=0.25, brier=0.15, calibration_error=0.03, coverage=0.91),
        cost=Cost(
            train_seconds=1.5, milliseconds_an_image=0.02, images_a_second=50_000, parameters=3_000, multiply_adds=2_990
        ),
    )
    return ComparisonRow(encoder="lite", head=head, labels_per_class=size, measures=measures)


def a_comparison(*, hostile: bool = False) -> ComparisonRecord:
    """Make a comparison.

    Args: hostile: names that would do harm in a page that does not escape them.
    """
    label = HOSTILE if hostile else "cat"
    image = f"{HOSTILE}.jpg" if hostile else "cat/1.jpg"
    comparison = Comparison(
        images=40,
        labels=(label, "dog"),
        multi_label=False,
        splits=5,
        seed=0,
        coverage=0.9,
        reference_encoder="lite",
        reference_head="linear",
        encoders=(ComparedEncoder(name="lite", dimension=8, milliseconds_an_image=12.0),),
        rows=(
            a_row("linear", 0.8, size=5),
            a_row("linear", 0.9),
            a_row("knn(k=10)", 0.92, difference=0.02),
            ComparisonRow(encoder="lite", head="nested", labels_per_class=None, refusal="no parents are known"),
        ),
        best=2,
        errors=ComparisonErrors(
            confusion=((18, 2), (1, 19)),
            mistakes=(
                Mistake(image_id=image, label=label, predicted_label="dog", probability=0.8, truth_probability=0.1),
            ),
        ),
    )
    return ComparisonRecord(
        title=HOSTILE if hostile else "pets",
        created_at=datetime(2026, 11, 21, 10, 30, tzinfo=UTC),
        verdict="knn(k=10) is best",
        left_out=(LeftOut(image=image, reason="a copy of dog/2.jpg"),),
        comparison=comparison,
    )


def untrained() -> ComparisonRecord:
    """Make a comparison in which no head could be trained."""
    record = a_comparison()
    refused = tuple(row for row in record.comparison.rows if row.refusal is not None)
    return replace(record, comparison=replace(record.comparison, rows=refused, best=None, errors=None))
