"""A comparison as CSV: one line for each combination, numbers in full, what could not be trained with its reason."""

import csv
import io
from dataclasses import asdict

from ml.comparison import ComparisonRow, Measures
from service.reports.comparison_report import ComparisonReport

COLUMNS = (
    "encoder",
    "head",
    "labels_per_class",
    "accuracy",
    "accuracy_low",
    "accuracy_high",
    "difference",
    "difference_low",
    "difference_high",
    "difference_chance",
    "macro_f1",
    "log_loss",
    "brier",
    "calibration_error",
    "top_5_accuracy",
    "graded_score",
    "krippendorff_alpha",
    "coverage",
    "mean_set_size",
    "parent_accuracy",
    "train_seconds",
    "milliseconds_an_image",
    "images_a_second",
    "parameters",
    "multiply_adds",
    "refusal",
)


def to_csv(report: ComparisonReport) -> str:
    """Rows in the order in which they were tried; an empty field is what a combination does not have."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(_line(row) for row in report.comparison.rows)
    return text.getvalue()


def _line(row: ComparisonRow) -> dict[str, object]:
    size = "all" if row.labels_per_class is None else row.labels_per_class
    line: dict[str, object] = {
        "encoder": row.encoder,
        "head": row.head,
        "labels_per_class": size,
        "refusal": row.refusal,
    }
    return line if row.measures is None else line | _numbers(row.measures)


def _numbers(measures: Measures) -> dict[str, object]:
    accuracy, difference, quality, cost = measures.accuracy, measures.difference, measures.quality, measures.cost
    return {
        "accuracy": accuracy.estimate,
        "accuracy_low": accuracy.low,
        "accuracy_high": accuracy.high,
        "difference": None if difference is None else difference.interval.estimate,
        "difference_low": None if difference is None else difference.interval.low,
        "difference_high": None if difference is None else difference.interval.high,
        "difference_chance": None if difference is None else difference.chance,
        **asdict(quality),
        **asdict(cost),
    }
