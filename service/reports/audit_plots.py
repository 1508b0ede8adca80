"""Draws an audit as PNG: accuracy over labels by each strategy."""

import io
from typing import TYPE_CHECKING

from ml.audit import Audit, AuditedStrategy
from ml.quiet import without_warnings

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH_INCHES, HEIGHT_INCHES, DOTS_AN_INCH = 8.0, 4.5, 110
BAND_OPACITY = 0.12
# With ten colours, each pair of line and colour is another one for forty strategies.
COLOURS, LINES = 10, ("-", "--", "-.", ":")


def draw_audit(audit: Audit) -> bytes:
    """The mean over runs with its 95 % interval; labels double from mark to mark, as their worth halves."""
    # Without pyplot nothing is kept in the process, and no screen is looked for.
    from matplotlib import rc_context  # noqa: PLC0415  takes seconds, and only reports draw
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(WIDTH_INCHES, HEIGHT_INCHES), dpi=DOTS_AN_INCH)
    axes = figure.add_subplot()
    for place, strategy in enumerate(audit.strategies):
        _draw_curve(axes, strategy, place)
    _finish(axes)
    content = io.BytesIO()
    # Names are no formulas, and a letter that the font lacks is no reason to warn.
    with rc_context({"text.parse_math": False}), without_warnings():
        figure.savefig(content, format="png", bbox_inches="tight")
    return content.getvalue()


def _draw_curve(axes: "Axes", strategy: AuditedStrategy, place: int) -> None:
    colour = f"C{place % COLOURS}"
    labels = [point.labels for point in strategy.curve]
    axes.plot(
        labels,
        [100 * point.interval.estimate for point in strategy.curve],
        LINES[place // COLOURS % len(LINES)],
        color=colour,
        marker="o",
        markersize=3,
        label=strategy.name,
    )
    axes.fill_between(
        labels,
        [100 * point.interval.low for point in strategy.curve],
        [100 * point.interval.high for point in strategy.curve],
        color=colour,
        alpha=BAND_OPACITY,
        linewidth=0,
    )


def _finish(axes: "Axes") -> None:
    axes.set_xscale("symlog", base=2, linthresh=1)
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.set_xlabel("labels")
    axes.set_ylabel("accuracy with 95 % interval, %")
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False, fontsize="small")
