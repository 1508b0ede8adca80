"""Turns a comparison into figures: one line per combination, numbers in full, or why it could not be trained."""

from dataclasses import asdict

from ml.comparison.results import Comparison, ComparisonRow, Measures
from service.reports.interval_figures import interval_figures
from service.reports.report import Figure

FIGURE_COLUMNS = (
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


def comparison_figures(comparison: Comparison) -> tuple[dict[str, Figure], ...]:
    """Make the lines, in the order of the trials; a figure that a combination does not have is None."""
    return tuple(dict.fromkeys(FIGURE_COLUMNS) | _line(row) for row in comparison.rows)


def _line(row: ComparisonRow) -> dict[str, Figure]:
    line: dict[str, Figure] = {
        "encoder": row.encoder,
        "head": row.head,
        "labels_per_class": "all" if row.labels_per_class is None else row.labels_per_class,
        "refusal": row.refusal,
    }
    return line if row.measures is None else line | _numbers(row.measures)


def _numbers(measures: Measures) -> dict[str, Figure]:
    difference = measures.difference
    return {
        **interval_figures("accuracy", measures.accuracy),
        **interval_figures("difference", None if difference is None else difference.interval),
        "difference_chance": None if difference is None else difference.p_value,
        **asdict(measures.quality),
        **asdict(measures.cost),
    }
