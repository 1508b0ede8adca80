"""Draws a simulation as PNG: accuracy by the number of labels, and its difference to random choice."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ml.simulation.grid_summary import HeadResult
from service.reports.curve_with_band import draw_curve, legend_beside
from service.reports.figure_png import figure_to_png, new_figure
from service.reports.simulation.verdict import head_on_encoder

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH_INCHES, HEIGHT_INCHES = 8.0, 4.6
# With more plots the picture would be too large to show; the summary has all of them.
MOST_HEAD_RESULTS = 24


def draw_curves(head_results: Sequence[HeadResult]) -> bytes:
    """Draw the mean over runs with its 95 % interval, between initial and all labels; one plot per head and encoder."""
    figure, places = _new_figure(head_results)
    for axes, head_result in places:
        for place, summary in enumerate(head_result.arms):
            draw_curve(axes, summary.curve, summary.arm.strategy, place=place, of=len(head_result.arms))
        _draw_level(axes, 100 * head_result.all_labels.estimate, f"all {head_result.most_labels} labels")
        _draw_level(axes, 100 * head_result.start.estimate, "initial labels alone")
        # With few runs, intervals reach beyond possible accuracies.
        bottom, top = axes.get_ylim()
        axes.set_ylim(max(bottom, -1), min(top, 101))
        axes.set_ylabel("accuracy with 95 % interval, %")
        _finish(axes, head_result)
    return figure_to_png(figure)


def draw_differences(head_results: Sequence[HeadResult]) -> bytes:
    """Draw the paired differences to random, in points, with their 95 % interval; one plot per head and encoder."""
    figure, places = _new_figure(head_results)
    for axes, head_result in places:
        axes.axhline(0, color="grey", linewidth=1)
        for place, summary in enumerate(head_result.arms):
            if summary.differences:
                draw_curve(axes, summary.differences, summary.arm.strategy, place=place, of=len(head_result.arms))
        axes.set_ylabel("points over random, 95 % interval")
        _finish(axes, head_result)
    return figure_to_png(figure)


def _draw_level(axes: "Axes", percent: float, name: str) -> None:
    axes.axhline(percent, color="grey", linewidth=1, linestyle=":")
    axes.annotate(name, (1, percent), xycoords=("axes fraction", "data"), ha="right", va="bottom", color="grey")


def _finish(axes: "Axes", head_result: HeadResult) -> None:
    axes.set_title(head_on_encoder(head_result), loc="left", fontsize="medium")
    axes.set_xlabel("labels")
    axes.grid(axis="y", alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    if axes.get_legend_handles_labels()[0]:
        legend_beside(axes)


def _new_figure(head_results: Sequence[HeadResult]) -> tuple["Figure", list[tuple["Axes", HeadResult]]]:
    drawn = head_results[:MOST_HEAD_RESULTS]
    figure = new_figure(width_inches=WIDTH_INCHES, height_inches=HEIGHT_INCHES * len(drawn), layout="constrained")
    axes = np.atleast_1d(figure.subplots(nrows=len(drawn)))
    return figure, list(zip(axes, drawn, strict=True))
