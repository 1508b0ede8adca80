"""Plots of a comparison."""

import io
from dataclasses import replace

import pytest
from PIL import Image

from service.reports.comparison.plots import draw_accuracies, draw_costs, measured_rows
from tests.service.reports.comparison.reported import a_comparison


def test_rows_come_with_most_labels_first_and_the_most_accurate_first() -> None:
    rows = [row for row, _ in measured_rows(a_comparison().comparison)]

    assert [(row.head, row.labels_per_class) for row in rows] == [("knn(k=10)", None), ("linear", None), ("linear", 5)]


@pytest.mark.parametrize("draw", [draw_accuracies, draw_costs])
def test_plot_is_a_picture_and_the_same_each_time(draw: object) -> None:
    comparison = a_comparison().comparison

    first, second = (draw(comparison) for _ in range(2))  # type: ignore[operator]

    assert Image.open(io.BytesIO(first)).width > 300
    assert first == second


def test_more_heads_make_a_higher_plot() -> None:
    comparison = a_comparison().comparison
    rows = tuple(replace(comparison.rows[1], head=f"head-{place}") for place in range(20))

    few, many = (draw_accuracies(each) for each in (comparison, replace(comparison, rows=rows)))

    assert Image.open(io.BytesIO(many)).height > Image.open(io.BytesIO(few)).height


def test_a_name_with_dollars_is_no_formula() -> None:
    comparison = a_comparison().comparison
    named = replace(comparison, rows=(replace(comparison.rows[1], head="a$b$\\frac"),))

    assert draw_accuracies(named)
