"""Draws an audit as PNG: the accuracy of each strategy by the number of labels."""

from typing import TYPE_CHECKING

from ml.audit.audit import Audit
from service.reports.curve_with_band import draw_curve, legend_beside
from service.reports.figure_png import figure_to_png, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH_INCHES, HEIGHT_INCHES = 8.0, 4.5


def draw_audit(audit: Audit) -> bytes:
    """Draw the mean over runs with its 95 % interval, over a logarithmic scale of labels."""
    figure = new_figure(width_inches=WIDTH_INCHES, height_inches=HEIGHT_INCHES)
    axes = figure.add_subplot()
    for place, strategy in enumerate(audit.strategies):
        draw_curve(axes, strategy.curve, strategy.name, place=place, of=len(audit.strategies))
    _finish(axes)
    return figure_to_png(figure)


def _finish(axes: "Axes") -> None:
    axes.set_xscale("symlog", base=2, linthresh=1)
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.set_xlabel("labels")
    axes.set_ylabel("accuracy with 95 % interval, %")
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    legend_beside(axes)
