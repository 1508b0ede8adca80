"""Draws a simulation as PNG: accuracy over labels, and how far above asking at random."""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ml.grid_summary import Setting
from ml.learning_curves import CurvePoint
from ml.quiet import without_warnings
from service.reports.simulation_verdict import name_of_setting

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH_INCHES, HEIGHT_INCHES, DOTS_AN_INCH = 8.0, 4.6, 110
# More make a picture that nothing can show; all are in the summary.
MOST_SETTINGS = 24
BAND_OPACITY = 0.15
# More bands hide each other: they fade.
FEW_BANDS = 4
# With ten colours, each pair of line and colour is another one for forty strategies.
COLOURS, LINES = 10, ("-", "--", "-.", ":")


def draw_curves(settings: Sequence[Setting]) -> bytes:
    """The mean over runs with its 95 % interval, between the start alone and all labels; one plot each setting."""
    figure, places = _new_figure(settings)
    for axes, setting in places:
        for place, arm in enumerate(setting.arms):
            _draw_line(axes, arm.curve, arm.arm.strategy, place, of=len(setting.arms))
        _draw_level(axes, 100 * setting.all_labels.estimate, f"all {setting.most_labels} labels")
        _draw_level(axes, 100 * setting.start.estimate, "the start alone")
        # Few runs have intervals beyond what an accuracy can be.
        bottom, top = axes.get_ylim()
        axes.set_ylim(max(bottom, -1), min(top, 101))
        axes.set_ylabel("accuracy with 95 % interval, %")
        _finish(axes, setting)
    return _png(figure)


def draw_differences(settings: Sequence[Setting]) -> bytes:
    """Points over random at the same number of labels, run by run, with their 95 % interval; one plot each setting."""
    figure, places = _new_figure(settings)
    for axes, setting in places:
        axes.axhline(0, color="grey", linewidth=1)
        for place, arm in enumerate(setting.arms):
            if arm.differences:
                _draw_line(axes, arm.differences, arm.arm.strategy, place, of=len(setting.arms))
        axes.set_ylabel("points over random, 95 % interval")
        _finish(axes, setting)
    return _png(figure)


def _draw_level(axes: "Axes", percent: float, name: str) -> None:
    axes.axhline(percent, color="grey", linewidth=1, linestyle=":")
    axes.annotate(name, (1, percent), xycoords=("axes fraction", "data"), ha="right", va="bottom", color="grey")


def _draw_line(axes: "Axes", curve: Sequence[CurvePoint], name: str, place: int, *, of: int) -> None:
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


def _finish(axes: "Axes", setting: Setting) -> None:
    axes.set_title(name_of_setting(setting), loc="left", fontsize="medium")
    axes.set_xlabel("labels")
    axes.grid(axis="y", alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False, fontsize="small")


def _new_figure(settings: Sequence[Setting]) -> tuple["Figure", list[tuple["Axes", Setting]]]:
    # Without pyplot nothing is kept in the process, and no screen is looked for.
    from matplotlib.figure import Figure  # noqa: PLC0415  takes seconds, and only reports draw

    drawn = settings[:MOST_SETTINGS]
    figure = Figure(figsize=(WIDTH_INCHES, HEIGHT_INCHES * len(drawn)), dpi=DOTS_AN_INCH, layout="constrained")
    axes = np.atleast_1d(figure.subplots(nrows=len(drawn)))
    return figure, list(zip(axes, drawn, strict=True))


def _png(figure: "Figure") -> bytes:
    from matplotlib import rc_context  # noqa: PLC0415

    content = io.BytesIO()
    # Names are no formulas, and a letter that the font lacks is no reason to warn.
    with rc_context({"text.parse_math": False}), without_warnings():
        figure.savefig(content, format="png", bbox_inches="tight")
    return content.getvalue()
