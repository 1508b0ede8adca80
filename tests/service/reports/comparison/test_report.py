"""A comparison as a report."""

from dataclasses import replace

from service.reports.comparison.report import comparison_report
from service.reports.report import Bullets, Gallery, Plot, Report, Table
from tests.service.reports.comparison.reported import a_comparison, untrained
from tests.service.reports.read_report import blocks, column

PICTURE = "data:image/jpeg;base64,AAAA"


def a_report(pictures: dict[str, str] | None = None) -> Report:
    return comparison_report(a_comparison(), pictures or {})


def test_table_has_the_most_labels_first_and_of_these_the_best_and_marks_the_best_of_all() -> None:
    (table,) = blocks(a_report(), Table)

    assert column(table, "head") == ["knn(k=10)", "linear", "linear"]
    assert column(table, "labels per class") == ["all", "all", "5"]
    assert [row.is_marked for row in table.rows] == [True, False, False]


def test_table_says_accuracies_and_differences_with_their_intervals() -> None:
    (table,) = blocks(a_report(), Table)

    assert column(table, "accuracy, 95 %")[0] == "92.0 % (90.0-94.0)"
    assert column(table, "points over default")[:2] == ["+2.0 (+0.0 to +4.0)", "the default"]


def test_parents_have_a_column_where_there_is_a_hierarchy() -> None:
    record = a_comparison()
    (first, *_) = record.comparison.rows
    assert first.measures is not None
    quality = replace(first.measures.quality, parent_accuracy=0.987)
    nested = replace(first, measures=replace(first.measures, quality=quality))
    with_parents = replace(record, comparison=replace(record.comparison, rows=(nested,), best=0))

    (table,) = blocks(comparison_report(with_parents, {}), Table)

    assert column(table, "parents right") == ["98.7 %"]
    (table,) = blocks(a_report(), Table)
    assert "parents right" not in [each.heading for each in table.columns]


def test_costs_of_the_encoder_are_said_as_far_as_they_are_known_and_what_could_not_be_trained() -> None:
    costs, refused = blocks(a_report(), Bullets)

    assert costs.items == ("lite: 8 numbers per image, 12.0 ms per image",)
    assert refused.items == ("nested with all labels per class: no parents are known",)


def test_mistaken_image_is_shown_with_what_it_is_and_what_was_said() -> None:
    (gallery,) = blocks(a_report({"cat/1.jpg": PICTURE}), Gallery)

    (picture,) = gallery.pictures
    assert (picture.name, picture.caption, picture.address) == ("cat/1.jpg", "cat predicted as dog (80 %)", PICTURE)


def test_without_a_trained_head_there_is_nothing_to_draw() -> None:
    report = comparison_report(untrained(), {})

    assert not blocks(report, Plot)
    assert blocks(report, Bullets)[-1].items == ("nested: no parents are known",)
