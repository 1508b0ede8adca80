"""Draws a comparison as PNG: accuracy by head and training size, accuracy against cost."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ml.comparison.results import Comparison, ComparisonRow, Measures
from service.reports.figure_png import figure_to_png, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH_INCHES, INCHES_A_LINE, INCHES_AROUND = 8.0, 0.3, 1.2
COST_HEIGHT_INCHES = 4.5
# The share of a line's height over which the sizes of one head spread.
SPREAD = 0.5

# With ten colours, each pair of marker and colour is unique for more heads than fit into a plot.
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "*", "p")

Measured = tuple[ComparisonRow, Measures]


def measured_rows(comparison: Comparison) -> list[Measured]:
    """Return the rows that could be trained: most labels first, and for each size the most accurate first."""
    measured = [(row, row.measures) for row in comparison.rows if row.measures is not None]
    return sorted(measured, key=lambda pair: (-_size(pair[0]), -pair[1].accuracy.estimate))


def draw_accuracies(comparison: Comparison) -> bytes:
    """Draw one line per head, the best on top, with an interval per training size."""
    measured = measured_rows(comparison)
    lines = list(dict.fromkeys(_name(row, comparison) for row, _ in measured))
    figure, axes = _plot(height=INCHES_AROUND + INCHES_A_LINE * len(lines))
    sizes = sorted({_size(row) for row, _ in measured}, reverse=True)
    for place, size in enumerate(sizes):
        of_size = [pair for pair in measured if _size(pair[0]) == size]
        shift = SPREAD * ((place + 0.5) / len(sizes) - 0.5)
        _draw_intervals(axes, of_size, [lines.index(_name(row, comparison)) + shift for row, _ in of_size])
    axes.set_yticks(range(len(lines)), lines)
    axes.invert_yaxis()
    axes.set_xlabel("accuracy with 95 % interval, %")
    axes.legend(title="labels per class", loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    return figure_to_png(figure)


def draw_costs(comparison: Comparison) -> bytes:
    """Draw the accuracy with most labels against the cost of the head for one image."""
    measured = measured_rows(comparison)
    most = [pair for pair in measured if _size(pair[0]) == _size(measured[0][0])]
    figure, axes = _plot(height=COST_HEIGHT_INCHES)
    for place, (row, measures) in enumerate(most):
        axes.plot(
            measures.cost.multiply_adds,
            100 * measures.accuracy.estimate,
            MARKERS[place % len(MARKERS)],
            label=_name(row, comparison),
        )
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.xaxis.set_minor_formatter("")
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False, fontsize="small")
    axes.set_xlabel("multiply-adds per image, in the head")
    axes.set_ylabel("accuracy, %")
    return figure_to_png(figure)


def _draw_intervals(axes: "Axes", measured: Sequence[Measured], places: Sequence[float]) -> None:
    accuracies = [measures.accuracy for _, measures in measured]
    below = [100 * (each.estimate - each.low) for each in accuracies]
    above = [100 * (each.high - each.estimate) for each in accuracies]
    size = measured[0][0].labels_per_class
    axes.errorbar(
        [100 * each.estimate for each in accuracies],
        places,
        xerr=[below, above],
        fmt="o",
        markersize=4,
        capsize=2,
        label="all" if size is None else str(size),
    )


def _plot(*, height: float) -> tuple["Figure", "Axes"]:
    figure = new_figure(width_inches=WIDTH_INCHES, height_inches=height)
    axes = figure.add_subplot()
    axes.grid(axis="x", alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _name(row: ComparisonRow, comparison: Comparison) -> str:
    return f"{row.head} on {row.encoder}" if len(comparison.encoders) > 1 else row.head


def _size(row: ComparisonRow) -> float:
    return float("inf") if row.labels_per_class is None else row.labels_per_class
