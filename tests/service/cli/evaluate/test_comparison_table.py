"""The comparison in a terminal."""

import io
from dataclasses import replace

from rich.console import Console

from service.cli.evaluate.comparison_table import MOST_LEFT_OUT, show_comparison
from service.reports.comparison_report import ComparisonReport, LeftOut
from tests.service.reports.reported import a_report


def shown(report: ComparisonReport) -> list[str]:
    console = Console(file=io.StringIO(), width=200)
    show_comparison(console, report)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def test_best_comes_first_and_the_verdict_last() -> None:
    lines = shown(a_report())

    heads = [line.split()[1] for line in lines if line.startswith("│")]
    assert heads == ["knn(k=10)", "linear", "linear"]
    assert lines[-1] == "knn(k=10) is best"


def test_costs_of_the_encoder_are_said_as_far_as_they_are_known() -> None:
    assert "encoder lite: 8 numbers an image, 12.0 ms an image" in shown(a_report())


def test_parents_have_a_column_where_there_is_a_hierarchy() -> None:
    report = a_report()
    (first, *_) = report.comparison.rows
    assert first.measures is not None
    quality = replace(first.measures.quality, parent_accuracy=0.987)
    nested = replace(first, measures=replace(first.measures, quality=quality))

    assert "98.7 %" in "".join(shown(replace(report, comparison=replace(report.comparison, rows=(nested,), best=0))))
    assert "parents right" not in "".join(shown(report))


def test_names_steer_no_terminal_and_are_no_markup() -> None:
    odd = LeftOut(image="[red]\x1b[2J.jpg", reason="torn")

    lines = shown(replace(a_report(), left_out=(odd,)))

    assert "left out: [red]\\x1b[2J.jpg: torn" in lines


def test_many_that_were_left_out_are_counted() -> None:
    many = tuple(LeftOut(image=f"{place}.jpg", reason="torn") for place in range(MOST_LEFT_OUT + 3))

    lines = shown(replace(a_report(), left_out=many))

    assert "left out: 3 more, which the JSON lists" in lines
