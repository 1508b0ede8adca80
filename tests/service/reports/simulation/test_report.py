"""A simulation as a report."""

import io

import pytest
from PIL import Image

from service.reports.report import Note, Plot, Table
from service.reports.simulation.plots import draw_curves, draw_differences
from service.reports.simulation.report import simulation_report
from tests.service.reports.read_report import blocks, column
from tests.service.reports.simulation.simulated import a_simulation


def test_figures_have_a_line_for_each_way_of_labeling() -> None:
    bare, random, margin = simulation_report(a_simulation()).figures

    assert [line["strategy"] for line in (bare, random, margin)] == ["no active learning", "random", "margin"]
    assert bare["final"] == pytest.approx(0.9)
    assert random["area_difference"] is None
    assert margin["area_difference"] == pytest.approx(0.075)
    assert margin["accuracy_1"] == pytest.approx(0.72)
    assert (margin["runs_there_1"], margin["random_runs_there_1"]) == (2, 0)


def test_a_single_run_has_no_bounds_in_the_figures() -> None:
    margin = simulation_report(a_simulation(runs=1)).figures[2]

    assert margin["labels_ratio_1"] is not None
    assert {margin[name] for name in ("area_low", "area_high", "labels_ratio_low_1", "labels_ratio_high_1")} == {None}


def test_each_head_has_a_table_framed_by_what_no_strategy_reaches() -> None:
    report = simulation_report(a_simulation(heads=("knn", "mlp")))

    tables = blocks(report, Table)
    assert [section.heading for section in report.sections][:2] == ["knn on lite", "mlp on lite"]
    assert [column(table, "strategy") for table in tables] == [["random", "margin"]] * 2
    assert [note.text for note in blocks(report, Note) if note.is_brief] == [
        "without active learning: 55.0 % (0.0-100.0) with the initial labels, 90.0 % (90.0-90.0) with all 99 labels"
    ] * 2


def test_table_says_labels_needed_and_saved_and_how_often_they_sufficed() -> None:
    (table,) = blocks(simulation_report(a_simulation(accuracies=(0.7, 0.85))), Table)

    assert column(table, "labels to 70.0 %")[0] == "20"
    assert column(table, "labels to 70.0 %")[1].endswith(" saved")
    assert column(table, "85.0 % reached") == ["", "in 1, by random in 0 of 2 runs"]


@pytest.mark.parametrize(("strategy", "drawn"), [("margin", 2), ("random", 1)])
def test_differences_are_drawn_where_there_is_a_strategy_to_compare(strategy: str, drawn: int) -> None:
    assert len(blocks(simulation_report(a_simulation(strategy=strategy)), Plot)) == drawn


@pytest.mark.parametrize("runs", [1, 2])
@pytest.mark.parametrize("strategy", ["margin", "random", "$x$"])
def test_plots_are_pictures_whatever_there_is_to_draw(runs: int, strategy: str) -> None:
    settings = a_simulation(runs=runs, strategy=strategy, heads=("knn", "mlp")).settings

    for drawn in (draw_curves(settings), draw_differences(settings)):
        assert min(Image.open(io.BytesIO(drawn)).size) > 400
