"""Each reason why a head could not be trained appears once."""

from dataclasses import replace

from ml.comparison.results import Comparison, ComparisonRow
from service.reports.comparison.refusals import refusals
from tests.service.reports.comparison.reported import a_comparison, a_row


def compared(*rows: ComparisonRow) -> Comparison:
    return replace(a_comparison().comparison, rows=rows)


def refused(*, size: int | None) -> ComparisonRow:
    return ComparisonRow(encoder="lite", head="knn", labels_per_class=size, refusal="too few labels")


def test_head_that_is_refused_with_any_number_of_labels_is_named_once() -> None:
    assert refusals(compared(refused(size=5), refused(size=None))) == ["knn: too few labels"]


def test_number_of_labels_is_named_where_more_would_do() -> None:
    rows = (refused(size=2), refused(size=5), a_row("knn", 0.9))

    assert refusals(compared(*rows)) == ["knn with 2 or 5 labels per class: too few labels"]


def test_what_was_trained_is_not_named() -> None:
    assert refusals(compared(a_row("knn", 0.9))) == []
