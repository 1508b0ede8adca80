"""Draws one learning curve of several into a plot: the mean over runs, and its interval as a band."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ml.simulation.learning_curves import CurvePoint

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BAND_OPACITY = 0.15
# More bands would hide each other: they are drawn fainter.
FEW_BANDS = 4
# With ten colours, each pair of line and colour is unique for forty strategies.
COLOURS, LINES = 10, ("-", "--", "-.", ":")


def draw_curve(axes: "Axes", curve: Sequence[CurvePoint], name: str, *, place: int, of: int) -> None:
    """Draw a curve, in percent or in points.

    Args: place: its place among the curves of the plot, of which there are `of`.
    """
    labels = [point.labels for point in curve]
    colour = f"C{place % COLOURS}"
    axes.plot(
        labels,
        [100 * point.interval.estimate for point in curve],
        LINES[place // COLOURS % len(LINES)],
        color=colour,
        label=name,
        marker="o",
        markersize=3,
    )
    bounds = np.array([(point.interval.low, point.interval.high) for point in curve])
    if np.isfinite(bounds).all():
        axes.fill_between(
            labels, *(100 * bounds.T), color=colour, alpha=BAND_OPACITY * min(1, FEW_BANDS / of), linewidth=0
        )


def legend_beside(axes: "Axes") -> None:
    """Put the legend beside the plot, where it hides no curve."""
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False, fontsize="small")
