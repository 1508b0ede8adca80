"""Reports in a terminal."""

import io
from dataclasses import replace

from rich.console import Console

from service.cli.shown_report import MOST_LEFT_OUT_SHOWN, show_report
from service.reports.audit.report import audit_report
from service.reports.comparison.report import comparison_report
from service.reports.left_out import LeftOut
from service.reports.report import Report
from service.reports.simulation.report import simulation_report
from tests.service.reports.audit.test_report import a_record
from tests.service.reports.comparison.reported import a_comparison, untrained
from tests.service.reports.simulation.simulated import a_simulation


def shown(report: Report, *places: str) -> list[str]:
    console = Console(file=io.StringIO(), width=200)
    show_report(console, report, places=places)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def a_report() -> Report:
    return comparison_report(a_comparison(), {})


def test_facts_come_first_then_the_table_and_the_verdict_last() -> None:
    lines = shown(a_report())

    heads = [line.split()[1] for line in lines if line.startswith("│")]
    assert lines[0] == "pets, comparison: 40 images of 2 classes, 5 splits, the same for all, seed 0"
    assert heads == ["knn(k=10)", "linear", "linear"]
    assert lines[-1] == "knn(k=10) is best"


def test_sentences_say_of_what_they_are() -> None:
    lines = shown(a_report())

    assert "encoder: lite: 8 numbers per image, 12.0 ms per image" in lines
    assert any(line.startswith("not trained: nested") and line.endswith("no parents are known") for line in lines)


def test_a_terminal_has_fewer_columns_than_a_page() -> None:
    text = "".join(shown(a_report()))

    assert "log-loss" in text
    assert "Brier" not in text


def test_the_most_important_sentence_of_an_audit_is_the_last_one() -> None:
    record = a_record()

    assert shown(audit_report(record))[-4:] == [
        record.caveat, record.course.reason, record.audit.stop.sentence, record.verdict,
    ]  # fmt: skip


def test_a_simulation_has_a_table_for_each_head_and_says_where_the_rest_is() -> None:
    record = a_simulation(heads=("knn", "mlp"))

    lines = shown(simulation_report(record), "all of it: report.html")

    assert [line.strip() for line in lines if line.strip() in {"knn on lite", "mlp on lite"}] == [
        "knn on lite",
        "mlp on lite",
    ]
    assert sum(line.startswith("without active learning: ") for line in lines) == 2
    assert lines[-2:] == ["all of it: report.html", record.verdict]


def test_without_a_trained_head_there_is_no_table() -> None:
    assert not any(line.startswith("│") for line in shown(comparison_report(untrained(), {})))


def test_names_steer_no_terminal_and_are_no_markup() -> None:
    odd = LeftOut(image="[red]\x1b[2J.jpg", reason="torn")

    lines = shown(replace(a_report(), left_out=(odd,)))

    assert "left out: [red]\\x1b[2J.jpg: torn" in lines


def test_many_that_were_left_out_are_counted() -> None:
    many = tuple(LeftOut(image=f"{place}.jpg", reason="torn") for place in range(MOST_LEFT_OUT_SHOWN + 3))

    lines = shown(replace(a_report(), left_out=many))

    assert "left out: 3 more, which the JSON lists" in lines
