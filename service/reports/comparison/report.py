"""Turns a comparison into a report."""

from collections.abc import Mapping
from functools import partial

from ml.comparison.results import ComparedEncoder, Comparison, ComparisonErrors, Measures
from ml.evaluation.mistakes import Mistake
from ml.statistics.interval_text import percent, points
from service.reports.comparison.figures import comparison_figures
from service.reports.comparison.plots import Measured, draw_accuracies, draw_costs, measured_rows
from service.reports.comparison.record import ComparisonRecord
from service.reports.comparison.record_json import write_comparison_json
from service.reports.comparison.refusals import refusals
from service.reports.comparison.verdict import name_of, noise_of
from service.reports.report import (
    Bullets,
    Column,
    ConfusionMatrix,
    Gallery,
    Line,
    Note,
    Picture,
    Plot,
    Report,
    Section,
    Table,
    table_of,
)

# Says whether the difference beside it may be chance.
_NOISE = Column(heading="", is_text=True, is_brief=False)

HOW_TO_READ = (
    "Accuracies are measured on images that were not trained on. Intervals take into account that all splits share the "
    "same images (corrected resampled t-test, Nadeau and Bengio 2003). A verdict in the table is about its line alone; "
    "the sentence at the top also takes into account how many lines might have come out best by chance. Prediction "
    "sets should contain the true label in {coverage:.0f} % of cases. Times are for the head alone, on this machine."
)


def comparison_report(record: ComparisonRecord, pictures: Mapping[str, str]) -> Report:
    """Make the report of a comparison.

    Args: pictures: data addresses of misclassified images, by name, if there are any.
    """
    comparison = record.comparison
    sections = (
        _figures_section(comparison),
        _refused_section(comparison),
        *_plot_sections(comparison),
        *_error_sections(comparison, pictures),
    )
    return Report(
        title=record.title,
        subject="comparison",
        created_at=record.created_at,
        facts=(
            f"{comparison.images} images of {len(comparison.labels)} classes",
            f"{comparison.splits} splits, the same for all",
            f"seed {comparison.seed}",
        ),
        verdicts=(record.verdict,),
        sections=tuple(section for section in sections if section is not None),
        left_out=record.left_out,
        figures=comparison_figures(comparison),
        write_json=partial(write_comparison_json, record),
    )


def _figures_section(comparison: Comparison) -> Section:
    return Section(
        heading="All combinations",
        blocks=(
            _table(comparison),
            Note(text=HOW_TO_READ.format(coverage=100 * comparison.coverage)),
            Bullets(items=tuple(_costs_of(encoder) for encoder in comparison.encoders), label="encoder"),
        ),
    )


def _table(comparison: Comparison) -> Table:
    measured = measured_rows(comparison)
    has_parents = any(measures.quality.parent_accuracy is not None for _, measures in measured)
    best = None if comparison.best is None else comparison.rows[comparison.best]
    return table_of(
        [_line(pair, comparison, has_parents=has_parents) for pair in measured],
        marked=[row is best for row, _ in measured],
    )


def _line(pair: Measured, comparison: Comparison, *, has_parents: bool) -> Line:
    row, measures = pair
    return [
        (Column(heading="head", is_text=True), row.head),
        *([(Column(heading="encoder", is_text=True), row.encoder)] if len(comparison.encoders) > 1 else []),
        (Column(heading="labels per class"), "all" if row.labels_per_class is None else str(row.labels_per_class)),
        (Column(heading="accuracy, 95 %"), percent(measures.accuracy)),
        *_difference(measures),
        *_quality(measures, has_parents=has_parents),
        *_cost(measures),
    ]


def _difference(measures: Measures) -> Line:
    difference = measures.difference
    return [
        (Column(heading="points over default"), "the default" if difference is None else points(difference.interval)),
        (_NOISE, "" if difference is None else noise_of(difference, rivals=1)),
    ]


def _quality(measures: Measures, *, has_parents: bool) -> Line:
    quality = measures.quality
    parents = [(Column(heading="parents right"), _share(quality.parent_accuracy))] if has_parents else []
    return [
        (Column(heading="macro F1", is_brief=False), f"{quality.macro_f1:.3f}"),
        (Column(heading="top 5", is_brief=False), _number(quality.top_5_accuracy)),
        (Column(heading="log-loss"), f"{quality.log_loss:.3f}"),
        (Column(heading="Brier", is_brief=False), f"{quality.brier:.3f}"),
        (Column(heading="calibration error", is_brief=False), f"{quality.calibration_error:.3f}"),
        (Column(heading="coverage", is_brief=False), _number(quality.coverage)),
        (Column(heading="labels in a set", is_brief=False), _number(quality.mean_set_size)),
        *parents,
    ]


def _cost(measures: Measures) -> Line:
    cost = measures.cost
    return [
        (Column(heading="train s"), f"{cost.train_seconds:.2f}"),
        (Column(heading="ms per image"), f"{cost.milliseconds_an_image:.3f}"),
        (Column(heading="images per second", is_brief=False), f"{cost.images_a_second:,.0f}"),
        (Column(heading="parameters"), f"{cost.parameters:,}"),
        (Column(heading="multiply-adds", is_brief=False), f"{cost.multiply_adds:,}"),
    ]


def _costs_of(encoder: ComparedEncoder) -> str:
    costs = [
        f"{encoder.dimension:,} numbers per image",
        *([] if encoder.parameters is None else [f"{encoder.parameters:,} parameters"]),
        *([] if encoder.multiply_adds is None else [f"{encoder.multiply_adds:,} multiply-adds"]),
        *([] if encoder.milliseconds_an_image is None else [f"{encoder.milliseconds_an_image:.1f} ms per image"]),
    ]
    return f"{encoder.name}: {', '.join(costs)}"


def _refused_section(comparison: Comparison) -> Section | None:
    refused = refusals(comparison)
    if not refused:
        return None
    return Section(heading="What could not be trained", blocks=(Bullets(items=tuple(refused), label="not trained"),))


def _plot_sections(comparison: Comparison) -> tuple[Section, ...]:
    if not measured_rows(comparison):
        return ()
    accuracies = Plot(
        alt="Accuracy with interval of each head, by labels per class", draw=partial(draw_accuracies, comparison)
    )
    costs = Plot(alt="Accuracy of each head against its multiply-adds", draw=partial(draw_costs, comparison))
    return (
        Section(heading="Accuracy by head", blocks=(accuracies,)),
        Section(heading="Accuracy against cost", blocks=(costs,)),
    )


def _error_sections(comparison: Comparison, pictures: Mapping[str, str]) -> tuple[Section, ...]:
    """Make the sections on the mistakes of the best combination, if they are known."""
    if comparison.errors is None or comparison.best is None:
        return ()
    best, errors = name_of(comparison.rows[comparison.best], comparison), comparison.errors
    return (
        Section(
            heading=f"Confusion matrix of {best}",
            blocks=(ConfusionMatrix(labels=comparison.labels, counts=errors.confusion),),
        ),
        Section(
            heading=f"{len(errors.mistakes)} images that {best} gets wrong, the most confident first",
            blocks=(_mistakes(errors, pictures),),
        ),
    )


def _mistakes(errors: ComparisonErrors, pictures: Mapping[str, str]) -> Gallery:
    return Gallery(
        pictures=tuple(
            Picture(name=each.image_id, caption=_caption(each), address=pictures.get(each.image_id))
            for each in errors.mistakes
        )
    )


def _caption(mistake: Mistake) -> str:
    return f"{mistake.label} predicted as {mistake.predicted_label} ({100 * mistake.probability:.0f} %)"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _share(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.1f} %"
