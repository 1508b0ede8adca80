"""Shows a comparison in the terminal: a line for each combination, what could not be trained, and the verdict."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ml.comparison import ComparedEncoder, Comparison, ComparisonRow, Measures
from ml.verdict import percent, points
from service.cli.terminal import printable
from service.reports.comparison_plots import measured_rows
from service.reports.comparison_report import ComparisonReport
from service.reports.refusals import refusals

MOST_LEFT_OUT = 10


def show_comparison(console: Console, report: ComparisonReport) -> None:
    """Print it, the verdict last, where it is seen."""
    comparison = report.comparison
    console.print(_table(report))
    for encoder in comparison.encoders:
        console.print(_encoder_line(encoder), markup=False, soft_wrap=True)
    for sentence in refusals(comparison):
        console.print(f"not trained: {printable(sentence)}", markup=False, soft_wrap=True)
    for each in report.left_out[:MOST_LEFT_OUT]:
        console.print(f"left out: {printable(each.image)}: {printable(each.reason)}", markup=False, soft_wrap=True)
    if len(report.left_out) > MOST_LEFT_OUT:
        console.print(f"left out: {len(report.left_out) - MOST_LEFT_OUT} more, which the JSON lists", markup=False)
    console.print(report.verdict, markup=False, soft_wrap=True)


def _encoder_line(encoder: ComparedEncoder) -> str:
    costs = [
        f"{encoder.dimension:,} numbers an image",
        *([] if encoder.parameters is None else [f"{encoder.parameters:,} parameters"]),
        *([] if encoder.multiply_adds is None else [f"{encoder.multiply_adds:,} multiply-adds"]),
        *([] if encoder.milliseconds_an_image is None else [f"{encoder.milliseconds_an_image:.1f} ms an image"]),
    ]
    return f"encoder {encoder.name}: {', '.join(costs)}"


def _table(report: ComparisonReport) -> Table:
    comparison = report.comparison
    sizes = f"{comparison.images} images, {len(comparison.labels)} classes, {comparison.splits} splits"
    table = Table(title=escape(f"{printable(report.title)}: {sizes}"), title_justify="left")
    lines = [_line(row, measures, comparison) for row, measures in measured_rows(comparison)]
    for column in lines[0] if lines else ():
        table.add_column(column, justify="left" if column in {"head", "encoder"} else "right", no_wrap=column == "head")
    for line in lines:
        table.add_row(*(escape(text) for text in line.values()))
    return table


def _line(row: ComparisonRow, measures: Measures, comparison: Comparison) -> dict[str, str]:
    """Cells by column; all rows of a comparison have the same columns."""
    parents = measures.quality.parent_accuracy
    return {
        "head": row.head,
        **({"encoder": row.encoder} if len(comparison.encoders) > 1 else {}),
        "labels a class": "all" if row.labels_per_class is None else str(row.labels_per_class),
        "accuracy, 95 %": percent(measures.accuracy),
        "points over default": "the default" if measures.difference is None else points(measures.difference.interval),
        **({} if parents is None else {"parents right": f"{100 * parents:.1f} %"}),
        "log-loss": f"{measures.quality.log_loss:.3f}",
        "train s": f"{measures.cost.train_seconds:.2f}",
        "ms": f"{measures.cost.milliseconds_an_image:.3f}",
        "parameters": f"{measures.cost.parameters:,}",
    }
